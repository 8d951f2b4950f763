/** The configuration of ECS's agent: two files of KEY=value, the operator's over that of the instance. */
import { existsSync, readFileSync } from 'node:fs';

export interface AgentConfig {
  cluster: string;
  region: string;
  /** MiB that tasks do not get. */
  reservedMemory: number;
  refusesPrivileged: boolean;
  /** What ECS is told that it can do: a host gets no task that needs anything else. */
  attributes: Record<string, string>;
  /** Of the local cloud. */
  endpoint: string;
}

const FILES = ['/var/lib/ecs/ecs.config', '/etc/ecs/ecs.config'];

export function readAgentConfig(): AgentConfig {
  const lines = FILES.filter((file) => existsSync(file)).flatMap((file) =>
    readFileSync(file, 'utf8').split('\n'),
  );
  const values = new Map(
    lines
      .filter((line) => /^\w+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (!endpoint) throw new Error('AWS_ENDPOINT_URL is not set: this stand-in knows the local cloud alone.');
  return {
    cluster: values.get('ECS_CLUSTER') ?? 'default',
    region: values.get('AWS_DEFAULT_REGION') ?? 'us-east-1',
    reservedMemory: Number(values.get('ECS_RESERVED_MEMORY') ?? 0),
    refusesPrivileged: values.get('ECS_DISABLE_PRIVILEGED') === 'true',
    attributes: toAttributes(values),
    endpoint,
  };
}

/** As the real agent has them by its configuration; of many, those that the local AWS knows. */
function toAttributes(values: ReadonlyMap<string, string>): Record<string, string> {
  const own = 'ecs.capability';
  const common = `com.amazonaws.${own}`;
  const isOn = (key: string, byDefault: boolean) => (values.get(key) ?? String(byDefault)) === 'true';
  const drivers = JSON.parse(values.get('ECS_AVAILABLE_LOGGING_DRIVERS') ?? '["json-file"]') as string[];
  const names = [
    `${common}.ecr-auth`,
    `${own}.execution-role-ecr-pull`,
    ...drivers.map((driver) => `${common}.logging-driver.${driver}`),
    ...(isOn('ECS_ENABLE_TASK_IAM_ROLE', false) ? [`${common}.task-iam-role`] : []),
    ...(isOn('ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE', false) ? [`${own}.execution-role-awslogs`] : []),
    ...(isOn('ECS_ENABLE_TASK_CPU_MEM_LIMIT', true) ? [`${own}.task-cpu-mem-limit`] : []),
    ...(isOn('ECS_ENABLE_TASK_ENI', false) ? [`${own}.task-eni`] : []),
    ...(isOn('ECS_DISABLE_PRIVILEGED', false) ? [] : [`${common}.privileged-container`]),
  ];
  return Object.fromEntries(names.map((name) => [name, '']));
}
