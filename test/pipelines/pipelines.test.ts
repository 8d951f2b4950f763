import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

// Each check starts a program; the machine may be busy.

const root = join(__dirname, '../..');
const read = (file: string) => readFileSync(join(root, 'pipelines', file), 'utf8');

const pipelines = [
  { file: 'github/deploy.yml', schema: ['vendor.github-workflows'] },
  { file: 'github/nightly.yml', schema: ['vendor.github-workflows'] },
  { file: 'gitlab/.gitlab-ci.yml', schema: ['vendor.gitlab-ci', '--data-transform', 'gitlab-ci'] },
  { file: 'circleci/config.yml', schema: ['vendor.circle-ci'] },
];
const texts = pipelines.map(({ file }) => [file, read(file)] as const);

/** What is wrong by the schema of the CI; check-jsonschema carries it, so nothing is fetched. */
function validate(schema: string[], text: string) {
  const command = join(root, '.muster/venv/bin/check-jsonschema');
  const { status, stdout, stderr } = spawnSync(
    command,
    ['--default-filetype', 'yaml', '--builtin-schema', ...schema, '-'],
    {
      input: text,
      encoding: 'utf8',
    },
  );
  if (status === null) throw new Error(`${command} does not run: make setup installs it. ${stderr}`);
  return status === 0 ? '' : stdout + stderr;
}

test.each(pipelines)('$file keeps to the schema of its CI', ({ file, schema }) => {
  expect(validate(schema, read(file))).toBe('');
});

test.each([
  ['docs/gitlab-sample/.gitlab-ci.yml', 2],
  ['docs/circleci-sample/config.yml', 3],
] as const)('%s, the sample of the guide, does so too', (file, index) => {
  expect(validate(pipelines[index]?.schema ?? [], readFileSync(join(root, file), 'utf8'))).toBe('');
});

test.each([
  ['github/deploy.yml', 0, 'runs-on: ubuntu-24.04', 'run-on: ubuntu-24.04'],
  ['gitlab/.gitlab-ci.yml', 2, 'action: access', 'action: look'],
  ['circleci/config.yml', 3, 'type: enum', 'type: choice'],
] as const)('the schema finds a mistake in %s', (file, index, from, to) => {
  expect(validate(pipelines[index]?.schema ?? [], read(file).replace(from, to))).toContain(
    'Schema validation errors',
  );
});

/** Every text that a shell runs, wherever it stands. */
function commandsIn(node: unknown, key = ''): string[] {
  if (typeof node === 'string') return /^(run|script|before_script|command)$/.test(key) ? [node] : [];
  if (Array.isArray(node)) return node.flatMap((item) => commandsIn(item, key));
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => commandsIn(value, name));
}

const commands = texts.flatMap(([file, text]) =>
  commandsIn(parse(text)).map((command) => [file, command] as const),
);

test('commands are found in each of them', () => {
  for (const { file } of pipelines) expect(commands.map(([at]) => at)).toContain(file);
});

test.each(commands)('%s: %s is one line, sound for the shell', (_file, command) => {
  expect(command.trim()).not.toContain('\n');
  // What CircleCI puts in stands for a word.
  const script = `#!/usr/bin/env bash\n${command.replace(/<< [\w.]+ >>/g, 'word')}\n`;
  const { stdout } = spawnSync('shellcheck', ['--severity=style', '-'], { input: script, encoding: 'utf8' });
  expect(stdout).toBe('');
});

test.each(commands)('%s: %s calls a target that the Makefile has', (_file, command) => {
  const target = /^make ([\w-]+)/.exec(command)?.[1];
  if (!target) return;
  expect(readFileSync(join(root, 'Makefile'), 'utf8')).toMatch(new RegExp(`^${target}:.*##`, 'm'));
});

describe.each(texts)('%s', (_file, text) => {
  test('has no access keys: its job gets a role for its identity', () => {
    expect(text).not.toMatch(/AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY/);
    expect(text).toContain('AWS_ROLE_ARN');
  });

  test('passes no token as an argument', () => {
    const makes = commandsIn(parse(text)).filter((command) => command.startsWith('make'));
    for (const command of makes) expect(command).not.toMatch(/TOKEN/);
  });

  test('uses actions by their commit', () => {
    for (const [, action] of text.matchAll(/uses: (\S+)/g))
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  });
});

interface GithubJob {
  if?: string;
  environment?: string;
  permissions?: Record<string, string>;
  'timeout-minutes': number;
  steps: { run?: string; env?: Record<string, string>; with?: Record<string, string | number> }[];
}

describe('GitHub Actions', () => {
  const jobs = (file: string) => parse(read(file)).jobs as Record<string, GithubJob>;

  test('gives a job nothing that it did not ask for', () => {
    for (const file of ['github/deploy.yml', 'github/nightly.yml']) {
      expect(parse(read(file)).permissions).toEqual({});
      for (const job of Object.values(jobs(file))) expect(job.permissions?.contents).toBeDefined();
    }
  });

  test('a pull request of a fork gets no credentials', () => {
    const { diff, deploy } = jobs('github/deploy.yml');
    expect(diff?.if).toContain('head.repo.full_name == github.repository');
    expect(deploy?.if).toBe("github.event_name == 'push'");
    expect(parse(read('github/deploy.yml')).on).not.toHaveProperty('pull_request_target');
  });

  test('a pull request has a role of its own, which is not the one that deploys', () => {
    const { diff, deploy } = jobs('github/deploy.yml');
    expect(diff?.environment).toMatch(/'prd-diff' \|\| 'stg-diff'/);
    expect(deploy?.environment).toMatch(/'prd' \|\| 'stg'/);
  });

  test('credentials last as long as the job may take', () => {
    for (const file of ['github/deploy.yml', 'github/nightly.yml']) {
      for (const [name, job] of Object.entries(jobs(file))) {
        for (const { with: given } of job.steps.filter((step) => step.with?.['role-to-assume'])) {
          // Of the action, where nothing is given: an hour.
          const seconds = Number(given?.['role-duration-seconds'] ?? 3600);
          expect([name, seconds >= job['timeout-minutes'] * 60]).toEqual([name, true]);
        }
      }
    }
  });

  test('what a job asks a token for is what it does', () => {
    const { check, diff, deploy } = jobs('github/deploy.yml');
    expect(check?.permissions).toEqual({ contents: 'read' });
    expect(diff?.permissions).toEqual({ contents: 'read', 'id-token': 'write', 'pull-requests': 'write' });
    expect(deploy?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  });
});

test('GitLab deploys develop to stg and main to prd', () => {
  const jobs = parse(read('gitlab/.gitlab-ci.yml'));
  for (const [environment, branch] of [
    ['stg', 'develop'],
    ['prd', 'main'],
  ]) {
    expect(jobs[`deploy-${environment}`]).toMatchObject({
      rules: [{ if: `$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == "${branch}"` }],
      script: [`make deploy ENV=${environment} APPROVE=${environment}`],
      environment: { name: environment },
    });
    expect(jobs[`diff-${environment}`].rules[0].if).toContain(`TARGET_BRANCH_NAME == "${branch}"`);
  }
});

test('CircleCI deploys develop to stg and main to prd', () => {
  const jobs = parse(read('circleci/config.yml')).workflows.deploy.jobs as Record<string, object>[];
  const deploys = jobs.flatMap((job) => (job.deploy ? [job.deploy] : []));
  expect(deploys).toMatchObject([
    { environment: 'stg', context: 'muster-stg', filters: { branches: { only: 'develop' } } },
    { environment: 'prd', context: 'muster-prd', filters: { branches: { only: 'main' } } },
  ]);
});

describe('pins that were raised are proposed though another could not be', () => {
  test('on GitHub', () => {
    const steps: { run?: string; if?: string }[] = parse(read('github/nightly.yml')).jobs.bump.steps;
    expect(steps.slice(-2)).toMatchObject([
      { run: 'make bump' },
      { run: 'make propose-bump TARGET=develop', if: '$' + '{{ !cancelled() }}' },
    ]);
  });

  test('on CircleCI', () => {
    const { steps } = parse(read('circleci/config.yml')).jobs.bump;
    expect(steps.slice(-2)).toEqual([
      { run: 'make bump' },
      { run: { command: 'make propose-bump TARGET=develop', when: 'always' } },
    ]);
  });

  test.each([
    ['', 0],
    ['bump', 1],
    ['propose-bump', 1],
  ])('on GitLab, and what failed (%p) fails the job', (failing, expected) => {
    const lines: string[] = parse(read('gitlab/.gitlab-ci.yml')).bump.script;
    const directory = mkdtempSync(join(tmpdir(), 'muster-bump-'));
    try {
      const make = `#!/usr/bin/env bash\necho "$1" >>"${directory}/called"; [[ $1 != "${failing}" ]]\n`;
      writeFileSync(join(directory, 'make'), make, { mode: 0o755 });
      // As the runner does it: one script, which ends at the first failure.
      const { status } = spawnSync('bash', ['-c', `set -eo pipefail\n${lines.join('\n')}`], {
        env: { PATH: `${directory}:${process.env.PATH}` },
      });
      expect(status).toBe(expected);
      expect(readFileSync(join(directory, 'called'), 'utf8')).toBe('bump\npropose-bump\n');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

test('the identity token is readable for its job only', () => {
  const directory = join('/tmp', `muster-pipeline-${process.pid}`);
  const script = commands.find(
    ([file, command]) => file.startsWith('gitlab') && command.includes('umask'),
  )?.[1];
  try {
    execFileSync('bash', ['--norc', '-c', `mkdir ${directory}; ${script}`], {
      env: {
        PATH: process.env.PATH,
        MUSTER_ID_TOKEN: 'a.b.c',
        AWS_WEB_IDENTITY_TOKEN_FILE: join(directory, 'token'),
      },
    });
    expect(execFileSync('stat', ['--format', '%a %s', join(directory, 'token')], { encoding: 'utf8' })).toBe(
      '600 5\n',
    );
  } finally {
    if (existsSync(directory)) execFileSync('rm', ['-r', directory]);
  }
});
