/** The machine's docker, by its command. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Container, Task } from './task';

/** By them a task's containers are known, as those of the real agent: to it when it starts again, and to the machine. */
export const LABELS = {
  task: 'com.amazonaws.ecs.task-arn',
  name: 'com.amazonaws.ecs.container-name',
} as const;

export async function docker(
  args: string[],
  { input, env = {} }: { input?: Readable; env?: Record<string, string> } = {},
): Promise<string> {
  const child = spawn('docker', args, {
    stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  if (input && child.stdin) {
    child.stdin.on('error', () => undefined);
    input.pipe(child.stdin);
  }
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) throw new Error(`docker ${args[0]}: ${errors.trim() || `exit code ${status}`}`);
  return output.trim();
}

/** Under which name an image that was loaded is found again: a reference by digest cannot be given to one. */
export const toLocalName = (image: string): string =>
  `local-cloud/${createHash('sha256').update(image).digest('hex').slice(0, 32)}:loaded`;

export const hasImage = (image: string): Promise<boolean> =>
  docker(['image', 'inspect', '--format', 'yes', toLocalName(image)]).then(
    () => true,
    () => false,
  );

export async function loadImage(image: string, answer: Response): Promise<void> {
  if (!answer.body) throw new Error(`no image came for ${image}`);
  const loaded = answer.headers.get('x-muster-image') ?? '';
  await docker(['load', '--quiet'], { input: Readable.fromWeb(answer.body as never) });
  await docker(['tag', loaded, toLocalName(image)]);
}

/** The id of a container that is made and not started. */
export function createContainer(task: Task, container: Container): Promise<string> {
  const { name, environment, entryPoint, command, ulimits, dockerLabels } = container;
  const flag = (word: string, value: string | number | null | undefined) =>
    value ? [word, String(value)] : [];
  const [entry, ...rest] = entryPoint ?? [];
  const id = task.taskArn.split('/').at(-1) ?? '';
  const labels = { ...dockerLabels, [LABELS.task]: task.taskArn, [LABELS.name]: name };
  return docker(
    [
      ...['create', '--name', `ecs-${task.family}-${task.revision}-${name}-${id}`],
      // By name: values stand in nobody's arguments.
      ...Object.keys(environment).flatMap((key) => ['--env', key]),
      ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
      ...ulimits.flatMap((limit) => ['--ulimit', `${limit.name}=${limit.softLimit}:${limit.hardLimit}`]),
      ...container.dropCapabilities.flatMap((capability) => ['--cap-drop', capability]),
      ...container.addCapabilities.flatMap((capability) => ['--cap-add', capability]),
      ...flag('--entrypoint', entry),
      ...flag('--user', container.user),
      ...flag('--workdir', container.workingDirectory),
      ...flag('--cpu-shares', container.cpu),
      ...flag('--memory', container.memory ? `${container.memory}m` : null),
      ...flag('--memory-reservation', container.memoryReservation ? `${container.memoryReservation}m` : null),
      ...(container.readonlyRootFilesystem ? ['--read-only'] : []),
      ...(container.initProcessEnabled ? ['--init'] : []),
      ...['--stop-timeout', String(container.stopTimeout), toLocalName(container.image)],
      ...rest,
      ...(command ?? []),
    ],
    { env: environment },
  );
}

/** The ids of a task's containers by their names, of which some may have ended. */
export async function findContainers(taskArn: string): Promise<Map<string, string>> {
  const format = `{{.ID}} {{.Label "${LABELS.name}"}}`;
  const list = await docker([
    'ps',
    '--all',
    '--no-trunc',
    '--filter',
    `label=${LABELS.task}=${taskArn}`,
    '--format',
    format,
  ]);
  return new Map(
    list
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ') as [string, string])
      .map(([id, name]) => [name, id]),
  );
}
