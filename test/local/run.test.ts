import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_DIR } from '../../local/cloud/layout';
import { type RunConfig, writeConfig } from '../../local/run/config';
import { buildJobs, parseJobs } from '../../local/run/jobs';
import { parseOptions } from '../../local/run/options';
import { buildPage, percentile } from '../../local/run/page';
import type { FleetSample, JobRecord, RunRecord } from '../../local/run/record';
import { judge } from '../../local/run/verdict';
import { makePlainView } from '../../local/run/view';

const idle: FleetSample = {
  fleet: 'linux',
  queued: 0,
  running: 0,
  desired: 0,
  pending: 0,
  inService: 0,
  terminating: 0,
};
const job: JobRecord = {
  id: '1',
  name: 'job-1',
  fleet: 'linux',
  state: 'succeeded',
  queuedAt: 0,
  startedAt: 4,
  finishedAt: 9,
  runner: 'i-1',
  runs: 1,
  exitCode: 0,
  reason: null,
  logFile: null,
};
const perfect: RunRecord = {
  fleets: [{ name: 'linux', group: 'muster-local-linux', serves: 'acme/linux', max: 1, idleSeconds: 10 }],
  samples: [
    { at: 0, fleets: [{ ...idle, queued: 1, desired: 1, pending: 1 }] },
    { at: 5, fleets: [{ ...idle, running: 1, desired: 1, inService: 1 }] },
    { at: 11, fleets: [idle] },
  ],
  events: [
    {
      at: 1,
      group: 'muster-local-linux',
      instanceId: null,
      event: 'desired-changed',
      detail: { from: 0, to: 1, by: 'muster-local-scaler' },
    },
    {
      at: 10,
      group: 'muster-local-linux',
      instanceId: 'i-1',
      event: 'desired-changed',
      detail: { from: 1, to: 0, by: 'muster-local-linux-instance' },
    },
  ],
  jobs: [job],
  decisions: [{ at: 1, fleet: 'linux', decision: 'grow', reason: 'demand', from: 0, to: 1 }],
  leftovers: [],
  steps: [],
};
const broken = (run: RunRecord) =>
  judge(run)
    .filter(({ good }) => !good)
    .map(({ promise }) => promise);

describe('the verdict of a run', () => {
  test('a perfect run keeps every promise', () => expect(broken(perfect)).toEqual([]));

  test('a job that fails by itself was served all the same', () => {
    expect(broken({ ...perfect, jobs: [{ ...job, state: 'failed', exitCode: 3 }] })).toEqual([]);
  });

  test.each<[string, Partial<RunRecord>, RegExp]>([
    [
      'a job that ended without an end of its own',
      { jobs: [{ ...job, state: 'failed', exitCode: null }] },
      /exactly once/,
    ],
    [
      'a job that its runner failed to run',
      { jobs: [{ ...job, state: 'failed', exitCode: 1, reason: 'runner_system_failure' }] },
      /exactly once/,
    ],
    ['a job that was lost', { jobs: [{ ...job, state: 'lost', exitCode: null }] }, /exactly once/],
    ['a job that ran twice', { jobs: [{ ...job, runs: 2 }] }, /exactly once/],
    ['no job at all', { jobs: [] }, /exactly once/],
    [
      'an instance too many',
      {
        samples: [
          { at: 0, fleets: [{ ...idle, inService: 1, pending: 1 }] },
          { at: 11, fleets: [idle] },
        ],
      },
      /max/,
    ],
    [
      'a fleet that is not empty at the end',
      { samples: [{ at: 11, fleets: [{ ...idle, inService: 1 }] }] },
      /zero/,
    ],
    [
      'a fleet that empties too late',
      {
        samples: [
          { at: 60, fleets: [{ ...idle, inService: 1 }] },
          { at: 61, fleets: [idle] },
        ],
      },
      /zero/,
    ],
    ['a run that saw nothing', { samples: [] }, /zero/],
    ['a process that was left behind', { leftovers: ['process 12 node'] }, /left behind/],
    [
      'a scaler that lowers desired',
      {
        events: [
          {
            at: 1,
            group: 'g',
            instanceId: null,
            event: 'desired-changed',
            detail: { from: 2, to: 1, by: 'muster-local-scaler' },
          },
        ],
      },
      /lowers/,
    ],
  ])('%s breaks its promise', (_, change, promise) => {
    expect(broken({ ...perfect, ...change })).toEqual([expect.stringMatching(promise)]);
  });
});

describe('the report page', () => {
  test('names that carry markup stay text', () => {
    const run = { ...perfect, jobs: [{ ...job, name: '<script>alert(1)</script>' }] };
    expect(buildPage(run, judge(run))).not.toContain('<script>');
  });

  test('a percentile of nothing is nothing, of one value that value', () => {
    expect(percentile([], 0.5)).toBeNull();
    expect(percentile([7], 0.95)).toBe(7);
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2);
  });
});

describe('the options of make local', () => {
  test('without variables four jobs run', () =>
    expect(parseOptions({})).toMatchObject({ jobs: 4, max: undefined }));

  test('without FLEETS those of CircleCI take part; with it those that it names', () => {
    expect(parseOptions({}).cis).toEqual(['circleci']);
    expect(parseOptions({ FLEETS: 'gitlab' }).cis).toEqual(['gitlab']);
    expect(parseOptions({ FLEETS: 'gitlab, circleci' }).cis).toEqual(['circleci', 'gitlab']);
    expect(parseOptions({ FLEETS: 'all' }).cis).toEqual(['circleci', 'gitlab', 'nomad']);
    expect(() => parseOptions({ FLEETS: 'gitlab,jenkins' })).toThrow(/FLEETS=gitlab,jenkins/);
  });

  test('every wrong value is named at once', () => {
    expect(() => parseOptions({ JOBS: 'many', MAX: '0' })).toThrow(/JOBS=many[\s\S]*MAX=0/);
  });

  test('JOBS and JOBS_FILE exclude each other', () => {
    expect(() => parseOptions({ JOBS: '2', JOBS_FILE: 'jobs.yaml' })).toThrow(/exclude/);
  });
});

describe('jobs of one’s own', () => {
  test('a list of jobs is read, with defaults', () => {
    expect(parseJobs('- {name: a, command: make}\n- {name: b, seconds: 3}', 'f')).toEqual([
      { name: 'a', seconds: 0, command: 'make' },
      { name: 'b', seconds: 3, command: null },
    ]);
  });

  test.each(['[', '{}', '[]', '- {name: "a/b"}', '- {name: a, minutes: 3}', '[{name: a}, {name: a}]'])(
    'what is no list of jobs is refused: %s',
    (text) => expect(() => parseJobs(text, 'jobs.yaml')).toThrow(/jobs\.yaml/),
  );

  test('generated jobs have names of their own', () => {
    expect(new Set(buildJobs(50).map(({ name }) => name)).size).toBe(50);
  });
});

test('the plain view prints a line only when something changed', () => {
  const lines: string[] = [];
  const view = makePlainView((line) => lines.push(line));
  for (const sample of perfect.samples) view.show(sample);
  for (const sample of perfect.samples.slice(2)) view.show({ ...sample, at: 12 });
  expect(lines).toHaveLength(3);
});

describe('the config of a run', () => {
  const target = mkdtempSync(join(tmpdir(), 'muster-run-config-'));
  afterAll(() => rmSync(target, { recursive: true, force: true }));
  const write = (wishes: Partial<RunConfig>) =>
    writeConfig({ source: join(PROJECT_DIR, 'config'), target, environment: 'local', ...wishes });

  test('has every fleet when nothing else is asked for', () => {
    const { accounts, fleets } = write({});
    expect(new Set(fleets.map(({ account }) => accounts[account]?.ci))).toEqual(
      new Set(['circleci', 'gitlab', 'nomad']),
    );
  });

  test('has the fleets of the CIs that are asked for, and only their accounts', () => {
    const { accounts, fleets } = write({ cis: ['gitlab'], max: 7 });
    expect(fleets.length).toBeGreaterThan(1);
    expect(fleets.every(({ gitlab, max }) => gitlab && max === 7)).toBe(true);
    expect(Object.values(accounts).map(({ ci }) => ci)).toEqual(['gitlab']);
  });
});
