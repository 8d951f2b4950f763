/** The contract between stacks and instances: what the scripts read is what the stacks write, or a knob with a default. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bootEnvironment } from './machine/machine';

const rootfs = resolve(__dirname, '../../provision/rootfs');
const files = readdirSync(rootfs, { recursive: true, encoding: 'utf8' })
  .map((name) => join(rootfs, name))
  .filter((file) => statSync(file).isFile());
const text = files.map((file) => readFileSync(file, 'utf8')).join('\n');

/** Made on the instance itself. */
const ownKeys = ['MUSTER_INSTANCE', 'MUSTER_RUNNER_TOKEN'];
const matches = (pattern: RegExp) => new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''));

describe('The boot environment', () => {
  it('has every key that an instance reads without a default', () => {
    const withDefault = matches(/\$\{(MUSTER_[A-Z_]+):-/g);
    const read = [...matches(/\b(MUSTER_[A-Z_]+)\b/g)].filter(
      (key) => !withDefault.has(key) && !ownKeys.includes(key) && key !== 'MUSTER_',
    );
    expect(read.filter((key) => !(key in bootEnvironment))).toEqual([]);
  });

  it('has no key that nobody on an instance knows', () => {
    // Of use to people who look at an instance, and to other CIs.
    const forPeople = ['MUSTER_ENVIRONMENT', 'MUSTER_SLOTS', 'MUSTER_QUEUE'];
    // The hooks are named by what they do: MUSTER_${hook}_HOOK.
    const hooks = ['MUSTER_LAUNCHING_HOOK', 'MUSTER_TERMINATING_HOOK'];
    const unknown = Object.keys(bootEnvironment).filter((key) => !text.includes(key));
    expect(unknown.filter((key) => !forPeople.includes(key) && !hooks.includes(key))).toEqual([]);
  });
});
