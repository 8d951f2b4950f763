/** Accounts one after the other, with their secrets, and what the operator sees of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Account, HistoryOptions } from '../../../scripts/history/options';
import { createProgress } from '../../../scripts/history/progress';
import { readHistory } from '../../../scripts/history/read-history';
import { summarize } from '../../../scripts/history/summarize';
import { toAdvice } from '../../../scripts/history/to-advice';
import type { FakeGithub } from '../../github/github-server';
import { makeTemporaryDirectory } from '../temporary-file';
import { type FakeCircleci, serveCircleci, TOKEN } from './circleci-server';
import { serveRuns } from './github-runs';
import { failure, makeWorld, type World } from './world';

let world: World;
let circleci: FakeCircleci;
let github: FakeGithub;
let secrets: Record<string, string>;
let out: string;
beforeEach(async () => {
  world = makeWorld();
  [circleci, github] = await Promise.all([serveCircleci(), serveRuns()]);
  secrets = { circle: TOKEN, hub: 'github_pat_canary' };
  out = join(makeTemporaryDirectory(), 'trace.csv');
});
afterEach(() => Promise.all([circleci.close(), github.close()]));

const accountsOf = (): HistoryOptions['accounts'] => [
  {
    ...{ ci: 'circleci', name: 'main', secret: 'circle', baseUrl: circleci.url, projects: [] },
    fleets: [{ name: 'linux', resourceClass: 'acme/linux' }],
  },
  {
    ...{ ci: 'github', name: 'hub', secret: 'hub', baseUrl: github.url, environment: 'dev' },
    ...{ rules: [{ name: 'app', repository: 'acme/app' }], labels: ['linux'] },
  },
];
const output: string[] = [];
const read = () => {
  output.length = 0;
  const progress = createProgress({ write: (text) => output.push(text) }, world.clock.now);
  return readHistory(
    { accounts: accountsOf(), days: 7, out, of: 'all' },
    { clock: world.clock, progress, readSecret: async (name) => secrets[name] ?? '' },
  );
};

test('the jobs of all accounts are in one history, and each account is asked with its own secret', async () => {
  const { jobs, requests } = await read();
  expect(jobs.map(({ fleet }) => fleet)).toEqual(['linux', 'app']);
  expect(requests).toBe(circleci.asked.length + github.calls.length);
  expect(output.join('')).toMatch(/CircleCI main: back to 2026-11-16 09:59 UTC, jobs: 1, requests: 5\n/);
});

test('an App asks with its id and key', async () => {
  world = makeWorld(Date.now());
  secrets.hub = JSON.stringify(github.app);
  await read();
  expect(github.calls.some(({ path }) => path.endsWith('/access_tokens'))).toBe(true);
});

test.each([
  ['a classic token', 'hub', 'ghp_canary', /secret hub: This is a classic token/],
  ['a token of two lines', 'circle', 'canary\ncanary', /secret circle holds characters that no token has/],
])('%s is refused without being shown', async (_what, name, text, seen) => {
  secrets[name] = text;
  const { message } = await failure(read());
  expect(message).toMatch(seen);
  expect(message).not.toContain('canary');
});

test('who fails says that what was read is kept, and where', async () => {
  github.tokens.clear();
  const { message } = await failure(read());
  expect(message).toMatch(/401[\s\S]*kept in .*trace\.csv\.partial: run the same again/);
  expect(existsSync(`${out}.partial`)).toBe(true);
});

test('a summary has a line for each fleet', () => {
  const jobs = Array.from({ length: 20 }, (_, index) => ({
    ...{ submitted: index, fleet: 'linux', duration: 10 * (index + 1), waited: index },
  }));
  expect(summarize([...jobs, { submitted: 0, fleet: 'arm', duration: 7_200, waited: 0 }])).toEqual([
    'fleet  jobs  ran p50  p95      waited p50  p95',
    'arm    1     120 min  120 min  0 s         0 s',
    'linux  20    100 s    3.2 min  9 s         18 s',
  ]);
});

test('who finds no job is told what there was, and where it was looked for', () => {
  const advice = toAdvice(accountsOf() as Account[], [['resource class large', 12]]);
  expect(advice).toMatch(/resource class large \(12\)/);
  expect(advice).toMatch(/acme\/linux, in the projects that the user of the token follows.*PROJECTS=/);
  expect(toAdvice([], [])).toMatch(/^No job at all/);
});

test('on a terminal the line is rewritten, and what is said stays above it', () => {
  const written: string[] = [];
  const progress = createProgress({ isTTY: true, write: (text) => written.push(text) }, world.clock.now);
  progress.tell('one');
  progress.tell('too soon');
  progress.say('mark');
  progress.end();
  expect(written.join('')).toBe('one\r\u001b[Kmark\none\r\u001b[K');
});
