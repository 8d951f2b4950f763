/** The bash scripts of a job's stages, in the form of gitlab-runner's shells/bash.go: commands find an empty input. */
import type { Job, Stage } from './job';

const quote = (text: string) =>
  `$'${text
    .replace(/[\\']/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(/[^\x20-\x7e]/g, (character) =>
      [...Buffer.from(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
    )}'`;

export const projectDirectory = (job: Job, buildsDir: string): string =>
  `${buildsDir}/${job.job_info.project_full_path ?? job.job_info.project_name ?? 'project'}`;

function toScript(job: Job, buildsDir: string, lines: string[]): string {
  const directory = projectDirectory(job, buildsDir);
  const variables = [
    ...job.variables.map(({ key, value }) => [key, value] as const),
    ['CI_BUILDS_DIR', buildsDir] as const,
    ['CI_PROJECT_DIR', directory] as const,
  ];
  const commands = [...variables.map(([key, value]) => `export ${key}=${quote(value)}`), ...lines].join('\n');
  return `set -eo pipefail\nset +o noclobber\n: | eval ${quote(commands)}\nexit 0\n`;
}

/** Null: the job has no such stage. */
export function scriptOf(job: Job, stage: Stage, buildsDir: string): string | null {
  const directory = projectDirectory(job, buildsDir);
  const enter = `cd ${quote(directory)}`;
  const step = (name: string) => job.steps.find((each) => each.name === name)?.script ?? [];
  switch (stage) {
    case 'prepare_script':
      return toScript(job, buildsDir, ['echo "Running on $(cat /etc/hostname)..."']);
    // There is no repository behind the stand-in server.
    case 'get_sources':
      return toScript(job, buildsDir, [
        `mkdir -p ${quote(directory)}`,
        'echo "Skipping Git repository setup"',
      ]);
    case 'step_script':
      return toScript(job, buildsDir, [enter, ...step('script')]);
    case 'after_script':
      return step('after_script').length > 0
        ? toScript(job, buildsDir, [enter, ...step('after_script')])
        : null;
    case 'cleanup_file_variables':
      return toScript(job, buildsDir, [':']);
  }
}
