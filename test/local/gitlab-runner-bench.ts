/** The stand-in gitlab-runner as processes of this host, with a driver for its custom executor that runs jobs here. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleAgent } from '../../local/ci/agent/bundle';
import { type AgentProcess, watchAgent } from './agent-process';
import { GitlabBench, RUNNER_TOKEN, SYSTEM_ID } from './gitlab-bench';

/** Notes each stage; DRIVER_FAILS names a verb that ends with SYSTEM_FAILURE_EXIT_CODE. */
const driver = (folder: string) => `#!/bin/bash
echo "$1 $3" >>${folder}/stages
[[ "\${DRIVER_FAILS:-}" != "$1" ]] || exit "$SYSTEM_FAILURE_EXIT_CODE"
case $1 in
  config) echo '{ "builds_dir": "${folder}/builds", "driver": { "name": "of-a-test" } }' ;;
  run)
    bash <"$2" && exit
    echo $? >"$BUILD_EXIT_CODE_FILE"
    exit "$BUILD_FAILURE_EXIT_CODE"
    ;;
esac
`;

export class RunnerBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'muster-gitlab-runner-'));
  private readonly runners: AgentProcess[] = [];
  private constructor(readonly gitlab: GitlabBench) {}

  static async start(): Promise<RunnerBench> {
    const bench = new RunnerBench(await GitlabBench.start());
    const entry = resolve(__dirname, '../../local/ci/gitlab-runner/main.ts');
    await bundleAgent(entry, join(bench.folder, 'gitlab-runner'), process.execPath, '19.0.0');
    writeFileSync(join(bench.folder, 'driver'), driver(bench.folder), { mode: 0o755 });
    return bench;
  }

  /** A folder with the id and the settings of a machine; the token is not registered yet. */
  machine(settings = 'concurrent = 1\n'): string {
    const machine = mkdtempSync(join(this.folder, 'machine-'));
    mkdirSync(machine, { recursive: true });
    writeFileSync(join(machine, '.runner_system_id'), SYSTEM_ID);
    writeFileSync(join(machine, 'config.toml'), settings);
    const verbs = ['config', 'prepare', 'run', 'cleanup'];
    const custom = verbs.map(
      (verb) => `${verb}_exec = "${this.folder}/driver"\n${verb}_args = ["${verb}"]\n`,
    );
    writeFileSync(join(machine, 'template.toml'), `[[runners]]\n[runners.custom]\n${custom.join('')}`);
    return machine;
  }

  /** Runs a command in that folder. */
  run(machine: string, args: string[], environment: Record<string, string> = {}): AgentProcess {
    const child = spawn(join(this.folder, 'gitlab-runner'), args, {
      cwd: machine,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, CONFIG_FILE: 'config.toml', ...environment },
    });
    const runner = watchAgent(child);
    this.runners.push(runner);
    return runner;
  }

  register(machine: string, token = RUNNER_TOKEN): AgentProcess {
    return this.run(
      machine,
      [
        ...['register', '--non-interactive', '--executor', 'custom', '--name', 'of-a-test'],
        ...['--template-config', 'template.toml'],
      ],
      { CI_SERVER_URL: this.gitlab.url, CI_SERVER_TOKEN: token },
    );
  }

  /** A registered machine. */
  async registered(settings?: string): Promise<string> {
    const machine = this.machine(settings);
    await this.register(machine).ended;
    return machine;
  }

  /** One job, or two seconds without any. */
  single(machine: string, environment?: Record<string, string>, more: string[] = []): AgentProcess {
    return this.run(
      machine,
      ['run-single', '--runner', 'of-a-test', '--max-builds', '1', '--wait-timeout', '2', ...more],
      environment,
    );
  }

  stages(): string[] {
    const file = join(this.folder, 'stages');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
  }

  async stop(): Promise<void> {
    for (const { process: child } of this.runners) child.kill('SIGKILL');
    await Promise.all(this.runners.map(({ ended }) => ended));
    await this.gitlab.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
