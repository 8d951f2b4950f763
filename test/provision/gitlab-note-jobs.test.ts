/** The lines are those of gitlab-runner's commands/multi.go, network/gitlab.go and common/build.go, as logrus writes them. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const script = resolve(__dirname, '../../provision/rootfs/usr/lib/muster/ci/gitlab-note-jobs');
const line = (message: string, fields: string) =>
  `time="2026-11-21T15:00:00Z" level=info msg="${message}" ${fields}`;
const received = line(
  'Checking for jobs... received',
  'correlation_id=1f job=17 repo_url="https://gitlab.com/a.git" runner=x',
);

describe('The notes of jobs by the log of the agent', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-notes-'));
    writeFileSync(join(folder, 'sudo'), `#!/bin/bash\necho "\${@:3}" >>${folder}/notes\n`, { mode: 0o755 });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const notesOf = (...lines: string[]) => {
    const input = lines.map((each) => `${each}\n`).join('');
    const env = { PATH: `${folder}:${process.env.PATH}` };
    const { stdout } = spawnSync('bash', [script], { input, env, encoding: 'utf8' });
    // Whatever it notes, the log goes on.
    expect(stdout).toBe(input);
    const file = join(folder, 'notes');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  };

  it('begin with a job that is received', () => expect(notesOf(received)).toEqual(['began 17']));

  it('name the job of the line, not one that its message quotes', () =>
    expect(
      notesOf(
        received,
        line(
          'Job failed (system failure): sh: echo job=18 Checking for jobs... received',
          'error="x job=19 y" job=17',
        ),
      ),
    ).toEqual(['began 17', 'ended 17']));

  it.each([
    ['succeeded', line('Job succeeded', 'duration_s=3.2 job=17 job-status=success project=4 runner=x')],
    ['failed', line('Job failed: exit code 1', 'duration_s=3.2 exit_code=1 job=17 project=4')],
    ['failed by the system', line('Job failed (system failure): no daemon', 'duration_s=0.1 job=17')],
    [
      'was cancelled before it began',
      line('Submitting job to coordinator... ok', 'bytesize=0 code=200 job=17 job-status=canceling'),
    ],
    [
      'is gone',
      line('Submitting job to coordinator... not found', 'bytesize=0 code=404 job=17 status="404 Not Found"'),
    ],
    ['is none of ours any more', line('Submitting job to coordinator... forbidden', 'code=403 job=17')],
  ])('end when it %s', (_, end) => expect(notesOf(received, end)).toEqual(['began 17', 'ended 17']));

  it.each([
    [
      'an update of its state',
      line('Submitting job to coordinator... ok', 'bytesize=90 code=200 job=17 job-status=running'),
    ],
    [
      'a piece of its log',
      line('Appending trace to coordinator...ok', 'code=202 job=17 job-log=0-90 job-status=running'),
    ],
    ['a line without a job', line('Configuration loaded', 'builds=0 max_builds=1')],
  ])('do not change by %s', (_, other) => expect(notesOf(other)).toEqual([]));
});
