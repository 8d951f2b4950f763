/** The script around GitLab's agent, in a /run of its own, beside an agent and a `sudo` that are a few lines each. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describeAsRoot } from '../as-root';

const script = resolve(__dirname, '../../provision/rootfs/usr/lib/muster/ci/gitlab-run');

describeAsRoot("The script around GitLab's agent", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'muster-gitlab-run-'));
    // sudo --non-interactive job-unit began|ended ID
    program(
      'sudo',
      `sleep 0.3; echo "$3 $4" >>${folder}/notes; [[ $3 == began ]] || rm --force "/run/muster/jobs/$4"`,
    );
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const program = (name: string, body: string) =>
    writeFileSync(join(folder, name), `#!/bin/bash\n${body}\n`, { mode: 0o755 });

  /** What it noted; `before` is run where it will run. */
  function run(serves: string, before = 'true'): string[] {
    const mount = 'mount --types tmpfs none /run && mkdir --parents /run/muster/gitlab /run/muster/jobs';
    const { status, stderr } = spawnSync(
      'unshare',
      ['--mount', 'bash', '--norc', '-c', `${mount} && ${before} && exec ${script}`],
      {
        env: {
          PATH: `${folder}:${process.env.PATH}`,
          MUSTER_SERVES: serves,
          MUSTER_EXECUTOR: 'docker',
          MUSTER_INSTANCE: 'i-0test',
          MUSTER_IDLE_TIMEOUT: '600',
        },
        encoding: 'utf8',
        timeout: 40_000,
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n');
  }

  it('ends when all that the agent said is noted, so that what follows knows of its job', () => {
    program(
      'gitlab-runner',
      `echo 'level=info msg="Checking for jobs... received" job=17 runner=x'; echo 'level=info msg="Job succeeded" job=17'`,
    );
    expect(run('one-job')).toEqual(['began 17', 'ended 17']);
  });

  it('drops the oldest notes when fewer jobs run than are noted', () => {
    program('curl', `printf '%s\n' 'gitlab_runner_concurrent 2' 'gitlab_runner_jobs{state="running"} 1'`);
    // Until two are dropped; no agent outlives the test.
    program(
      'gitlab-runner',
      'for _ in {1..120}; do [[ ! -e /run/muster/jobs/9 ]] && break; sleep 0.2; done; sleep 1',
    );
    const notes =
      'echo 100 >/run/muster/jobs/30 && echo 99 >/run/muster/jobs/9 && echo 1000 >/run/muster/jobs/4';
    expect(run('many-jobs', notes)).toEqual(['ended 9', 'ended 30']);
  });
});
