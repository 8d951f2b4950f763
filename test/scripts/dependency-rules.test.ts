/** Plants one violation of each rule in a small tree: a rule that finds nothing because its parser reads nothing is worse than none. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeTemporaryDirectory } from './temporary-file';

const SOUND = {
  'config/schema.ts': 'export type Config = { environment: string };',
  'lambda/scaler/settings.ts': 'export type Settings = { fleets: string[] };',
  'lambda/scaler/core/decide.ts':
    "import type { Settings } from '../settings';\nexport type Decide = (settings: Settings) => void;",
  'lambda/scaler/ci/gitlab/api.ts': 'export const readJobs = 1;',
  'stacks/fleet.ts':
    "import { App } from 'cdktf';\nimport type { Settings } from '../lambda/scaler/settings';\nimport type { Config } from '../config/schema';\nexport type Fleet = App & Settings & Config;",
  'clock/clock.ts': 'export const realClock = 1;',
  'github/client.ts': "import { realClock } from '../clock/clock';\nexport const createGithub = realClock;",
  'actions/start/settings.ts': 'export type ActionSettings = { rule: string };',
  'actions/start/main.ts':
    "import { createGithub } from '../../github/client';\nimport type { ActionSettings } from './settings';\nexport const main = (_: ActionSettings) => createGithub;",
  'lambda/scaler/removes.ts':
    "import '../../clock/clock';\nimport { createGithub } from '../../github/client';\nexport const remove = createGithub;",
  'simulate/run.ts':
    "import type { Decide } from '../lambda/scaler/core/decide';\nimport type { Settings } from '../lambda/scaler/settings';\nexport type Run = Decide & Settings;",
  'stacks/rule.ts':
    "import type { ActionSettings } from '../actions/start/settings';\nexport type Rule = ActionSettings;",
  'scripts/deploy.ts': "import type { Config } from '../config/schema';\nexport type Deploy = Config;",
};

const VIOLATIONS: [rule: string, file: string, source: string][] = [
  ['config-imports-nothing-of-ours', 'config/bad.ts', "import '../stacks/fleet';"],
  ['stacks-import-config-and-settings', 'stacks/bad.ts', "import '../lambda/scaler/ci/gitlab/api';"],
  ['stacks-import-config-and-settings', 'stacks/worst.ts', "import '../actions/start/main';"],
  ['stacks-import-config-and-settings', 'stacks/tests.ts', "import '../scripts/deploy';"],
  ['clock-imports-nothing-of-ours', 'clock/bad.ts', "import '../github/client';"],
  ['github-imports-the-clock-alone', 'github/bad.ts', "import '../lambda/scaler/settings';"],
  ['action-stands-alone', 'actions/start/bad.ts', "import '../../lambda/scaler/settings';"],
  ['action-stands-alone', 'actions/stop/bad.ts', "import '../start/main';"],
  [
    'lambda-stands-alone',
    'lambda/scaler/bad.ts',
    "import type { Config } from '../../config/schema';\nexport type Bad = Config;",
  ],
  [
    'decision-core-is-pure',
    'lambda/scaler/core/bad.ts',
    "import { readFileSync } from 'node:fs';\nexport const bad = readFileSync;",
  ],
  ['adapters-stand-alone', 'lambda/scaler/ci/circleci/bad.ts', "import '../gitlab/api';"],
  ['simulate-knows-the-core-alone', 'simulate/bad.ts', "import '../lambda/scaler/ci/gitlab/api';"],
  ['cdktf-stays-in-stacks', 'scripts/bad.ts', "import { App } from 'cdktf';\nexport const bad = App;"],
  ['nobody-imports-the-outside', 'config/worse.ts', "import '../scripts/deploy';"],
  ['no-cycles', 'scripts/cycle.ts', "import './cycle';"],
  ['no-orphan-dev-dependency', 'stacks/worse.ts', "import fc from 'fast-check';\nexport const worse = fc;"],
];

let tree: string;
beforeAll(() => {
  tree = makeTemporaryDirectory();
  for (const path of ['.dependency-cruiser.js', 'package.json', 'tsconfig.json'])
    cpSync(path, join(tree, path));
  symlinkSync(resolve('node_modules'), join(tree, 'node_modules'));
  for (const [file, source] of Object.entries(SOUND)) write(file, source);
});

function write(file: string, source: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), `${source}\n`);
}

function findViolations(): { rule: string; file: string }[] {
  const folders = ['actions', 'clock', 'config', 'github', 'lambda', 'scripts', 'simulate', 'stacks'];
  const { stdout } = spawnSync('node_modules/.bin/depcruise', ['--output-type', 'json', ...folders], {
    cwd: tree,
    encoding: 'utf8',
  });
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
  };
  return summary.violations.map(({ from, rule }) => ({ rule: rule.name, file: from }));
}

test('sound imports pass, and each planted violation is found by its rule', () => {
  expect(findViolations()).toEqual([]);
  for (const [, file, source] of VIOLATIONS) write(file, source);
  expect(findViolations()).toEqual(
    expect.arrayContaining(VIOLATIONS.map(([rule, file]) => ({ rule, file }))),
  );
});
