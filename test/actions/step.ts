/** The steps of the action as GitHub runs them: the bundle, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleAction } from '../../scripts/actions/bundle-action';
import type { World } from './world';

export interface Ended {
  status: number | null;
  signal: NodeJS.Signals | null;
  /** All that it said, but for what it told the runner to mask. */
  output: string;
  masked: string[];
  state: Record<string, string>;
  outputs: Record<string, string>;
}

export interface Step {
  child: ChildProcess;
  ended: Promise<Ended>;
}

export interface Bundle {
  run(step: 'main' | 'post', world: Pick<World, 'environment'>, given?: Given): Step;
  /** Steps that a failed test has left running. */
  endAll(): void;
  remove(): void;
}

export interface Given {
  inputs?: Record<string, string>;
  state?: Record<string, string>;
  /** In place of what the world has; undefined: not set. */
  env?: Record<string, string | undefined>;
}

export function makeBundle(): Bundle {
  const directory = mkdtempSync(join(tmpdir(), 'muster-action-'));
  for (const [name, text] of bundleAction()) writeFileSync(join(directory, name), text);
  let runs = 0;
  const running = new Set<ChildProcess>();
  return {
    endAll: () => {
      for (const child of running) child.kill('SIGKILL');
    },
    remove: () => rmSync(directory, { recursive: true }),
    run(step, world, { inputs = {}, state = {}, env = {} } = {}) {
      runs += 1;
      const files = { GITHUB_STATE: `state-${runs}`, GITHUB_OUTPUT: `output-${runs}` };
      for (const file of Object.values(files)) writeFileSync(join(directory, file), '');
      const all: Record<string, string | undefined> = {
        PATH: process.env.PATH,
        ...world.environment,
        ...Object.fromEntries(Object.entries(files).map(([name, file]) => [name, join(directory, file)])),
        ...prefixed('INPUT_', { environment: 'dev', rule: 'app', token: 'github_pat_canary', ...inputs }),
        ...Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])),
        ...env,
      };
      const child = spawn(process.execPath, [join(directory, `${step}.js`)], { env: all });
      running.add(child);
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (chunk) => {
          said += chunk;
        });
      const ended = new Promise<Ended>((resolve) => {
        child.on('close', (status, signal) => {
          running.delete(child);
          const lines = said.split('\n');
          const isMask = (line: string) => line.startsWith('::add-mask::');
          resolve({
            status,
            signal,
            output: lines.filter((line) => !isMask(line)).join('\n'),
            masked: lines.filter(isMask).map((line) => line.slice('::add-mask::'.length)),
            state: readPairs(join(directory, files.GITHUB_STATE)),
            outputs: readPairs(join(directory, files.GITHUB_OUTPUT)),
          });
        });
      });
      return { child, ended };
    },
  };
}

const prefixed = (prefix: string, values: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix}${name.toUpperCase()}`, value]),
  );

/** name<<END, lines, END; the last of a name counts. */
function readPairs(file: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  const form = /^(?<name>[^\n<]+)<<(?<end>[^\n]+)\n(?<value>[\s\S]*?)\n\k<end>$/gm;
  for (const { groups } of readFileSync(file, 'utf8').matchAll(form))
    pairs[groups?.name ?? ''] = groups?.value ?? '';
  return pairs;
}
