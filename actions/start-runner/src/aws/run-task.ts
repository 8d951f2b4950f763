import { createHash } from 'node:crypto';
import { RunTaskCommand, type RunTaskCommandInput, type RunTaskCommandOutput } from '@aws-sdk/client-ecs';
import type { Clock } from '../../../../clock/clock';
import { Failure, Stopped } from '../failure';
import type { Launch } from '../plan';
import type { Aws } from './clients';
import { explain, isPassing, toAwsError } from './explain';
import { isCapacity, toRunTaskRemedy } from './judge-failure';

export interface Task {
  cluster: string;
  launch: Launch;
  runner: string;
  rule: string;
  /** Name of the secret with the runner's configuration: useless without the rights of the task's role. */
  secret: string;
}

export type Started = { kind: 'started'; arn: string } | { kind: 'capacity'; why: string };

interface Ports {
  aws: Aws;
  clock: Clock;
  signal: AbortSignal;
  say: (line: string) => void;
}

const PAUSE_MS = 3_000;

/** Name of the container in the task definition. */
const CONTAINER = 'runner';

/**
 * Starts the task. After an answer that got lost the same is asked again, with the same token, until AWS has said
 * whether it runs: to go on without knowing would be a second task.
 * @throws Failure, or Stopped
 */
export async function runTask(task: Task, { aws, clock, signal, say }: Ports): Promise<Started> {
  const { capacityProvider, family, mode } = task.launch;
  for (let seen = ''; ; ) {
    if (signal.aborted) throw new Stopped(`${signal.reason} ${seen}`.trim());
    let answer: RunTaskCommandOutput;
    try {
      // Not with the signal: what AWS has begun has to be known.
      answer = await aws.ecs.send(new RunTaskCommand(toInput(task)));
    } catch (error) {
      const { name, message } = toAwsError(error);
      if (isCapacity(message)) return { kind: 'capacity', why: `${mode}: ${message}` };
      if (!isPassing(error))
        throw explain(`starting ${family} on ${capacityProvider}`, error, {
          ClientException: toRunTaskRemedy(message, family),
          InvalidParameterException: toRunTaskRemedy(message, family),
          ClusterNotFoundException: toRunTaskRemedy('cluster', family),
          ConflictException: 'Run the job again.',
        });
      seen = `AWS: starting ${family} on ${capacityProvider}: ${name}: ${message}`;
      say(`${seen} It is asked again, with the same token.`);
      await clock.sleep(PAUSE_MS, signal);
      continue;
    }
    const arn = answer.tasks?.[0]?.taskArn;
    if (arn) return { kind: 'started', arn };
    return judge(answer, task.launch);
  }
}

function judge({ failures = [] }: RunTaskCommandOutput, { mode, family, capacityProvider }: Launch): Started {
  const reasons = failures.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(': '));
  const said = reasons.join('; ') || 'neither a task nor a failure';
  if (failures.some(({ reason }) => isCapacity(reason ?? '')))
    return { kind: 'capacity', why: `${mode}: ${said}` };
  throw new Failure(
    `AWS: starting ${family} on ${capacityProvider}: ${said}. ${toRunTaskRemedy(said, family)}`,
  );
}

function toInput({ cluster, launch, runner, rule, secret }: Task): RunTaskCommandInput {
  const { network } = launch;
  return {
    cluster,
    taskDefinition: launch.family,
    count: 1,
    capacityProviderStrategy: [{ capacityProvider: launch.capacityProvider, weight: 1 }],
    ...(network ? { networkConfiguration: { awsvpcConfiguration: network } } : {}),
    // One runner, one task, however often it is asked for.
    clientToken: createHash('sha256').update(runner).digest('hex').slice(0, 32),
    startedBy: runner,
    enableExecuteCommand: false,
    tags: [{ key: 'muster:rule', value: rule }],
    overrides: {
      containerOverrides: [{ name: CONTAINER, environment: [{ name: 'MUSTER_JIT_SECRET', value: secret }] }],
    },
  };
}
