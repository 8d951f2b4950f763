/**
 * The docker executor, by docker's command line: each stage in a container of the job's image, with the build folder in a
 * volume. The real one runs the stages around the script in a helper image, which no registry of the local cloud has.
 */
import type { RunnerConfig } from './config-file';
import { type Ended, type Executor, type Job, SUCCEEDED, systemFailure } from './job';
import { runProgram } from './process';

const PATH = '/builds';
/** docker's own failures: the daemon refused, the command cannot be run, the command was not found. */
const DOCKER_FAILURES = [125, 126, 127];

interface DockerConfig {
  host?: string;
  image?: string;
  privileged?: boolean;
}

export function createDockerExecutor(runner: RunnerConfig): Executor {
  const config = (runner.docker ?? {}) as DockerConfig;
  const env = { ...process.env, ...(config.host ? { DOCKER_HOST: config.host } : {}) };
  const docker = (
    args: string[],
    write: (text: string) => void,
    more: { input?: string; signal?: AbortSignal } = {},
  ) => runProgram({ command: ['docker', ...args], env, ...more }, write);
  let image = '';
  let name = '';
  let labels: string[] = [];

  return {
    async prepare(job: Job, write) {
      image = job.image?.name ?? config.image ?? '';
      name = `runner-${runner.token.slice(5, 13)}-job-${job.id}`;
      const labelled = { managed: 'true', 'job.id': String(job.id), type: 'build' };
      labels = Object.entries(labelled).flatMap(([key, value]) => [
        '--label',
        `com.gitlab.gitlab-runner.${key}=${value}`,
      ]);
      write(`Using Docker executor with image ${image} ...\nPulling docker image ${image} ...\n`);
      let words = '';
      const pulled = await docker(['pull', '--quiet', image], (text) => (words += text));
      // The local cloud has no registry: an image that is there already will do.
      if (pulled !== 0 && (await docker(['image', 'inspect', image], () => {})) !== 0)
        throw new Error(`failed to pull image ${image}: ${words.trim()}`);
      if ((await docker(['volume', 'create', ...labels, name], () => {})) !== 0)
        throw new Error('the volume of the build could not be made');
      return { buildsDir: PATH };
    },
    async run(stage, script, write, signal): Promise<Ended> {
      const container = `${name}-${stage.replaceAll('_', '-')}`;
      const stop = () => docker(['kill', container], () => {});
      signal.addEventListener('abort', stop);
      const code = await docker(
        [
          ...['run', '--rm', '--interactive', '--name', container, ...labels, '--volume', `${name}:${PATH}`],
          ...[...(config.privileged ? ['--privileged'] : []), '--entrypoint', 'bash', image],
        ],
        write,
        { input: script },
      );
      signal.removeEventListener('abort', stop);
      if (code === 0) return SUCCEEDED;
      if (code === null || DOCKER_FAILURES.includes(code)) return systemFailure;
      return { exitCode: code, reason: 'script_failure' };
    },
    async cleanup() {
      await docker(['volume', 'rm', '--force', name], () => {});
    },
  };
}
