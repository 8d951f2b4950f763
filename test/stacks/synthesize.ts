/** Synthesizes an environment into a temporary folder and reads back what Terraform would get. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import type { Config } from '../../config/schema';
import { toWebhookAccounts } from '../../stacks/control/webhook-statements';
import { MusterStack } from '../../stacks/muster-stack';

// biome-ignore lint/suspicious/noExplicitAny: synthesized JSON has no type; the assertions are its check
export type Body = Record<string, any>;

export interface Synthesized {
  stack: Body;
  /** Bodies of all resources of one type, in the order of their addresses. */
  resources(type: string): Body[];
  /** The only resource of a type. */
  resource(type: string): Body;
  data(type: string): Body[];
  outputs: Body;
}

export function synthesizeInto(directory: string, config: Config): string {
  mkdirSync(directory, { recursive: true });
  const app = new App({ outdir: join(directory, 'cdktf.out') });
  const id = `muster-${config.environment}`;
  new MusterStack(app, id, {
    config,
    packages: {
      scaler: fakePackage(directory, 'scaler'),
      drain: fakePackage(directory, 'drain'),
      housekeeper: fakePackage(directory, 'housekeeper'),
      ...(toWebhookAccounts(config).length > 0 ? { webhook: fakePackage(directory, 'webhook') } : {}),
    },
    ...(config.nightly
      ? { source: { ...fakePackage(directory, 'source'), configDirectory: 'config', commit: '0123456789ab' } }
      : {}),
    stateDirectory: directory,
  });
  app.synth();
  return join(app.outdir, 'stacks', id);
}

/** Bundling takes longer than all the rest, and has a test of its own. */
function fakePackage(directory: string, name: string) {
  const file = join(directory, `${name}.zip`);
  writeFileSync(file, 'a package');
  return { file, sha256Base64: 'c2hhMjU2' };
}

export function synthesize(config: Config): Synthesized {
  const directory = mkdtempSync(join(tmpdir(), 'muster-synth-'));
  try {
    const stack: Body = JSON.parse(
      readFileSync(join(synthesizeInto(directory, config), 'cdk.tf.json'), 'utf8'),
    );
    const resources = (type: string) => toBodies(stack.resource[type]);
    return {
      stack,
      resources,
      resource(type) {
        const [only, ...others] = resources(type);
        if (!only || others.length > 0) {
          throw new Error(`Expected one ${type}, found ${others.length + (only ? 1 : 0)}.`);
        }
        return only;
      },
      data: (type) => toBodies(stack.data[type]),
      outputs: stack.output ?? {},
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The resource of a type that has a name, in the attribute that the type has for it. */
export function named(stack: Synthesized, type: string, name: string, attribute = 'name'): Body {
  const body = stack.resources(type).find((resource) => resource[attribute] === name);
  if (!body) throw new Error(`No ${type} is named ${name}.`);
  return body;
}

function toBodies(byAddress: Record<string, Body> | undefined): Body[] {
  return Object.entries(byAddress ?? {})
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([, body]) => body);
}
