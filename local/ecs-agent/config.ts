/** The configuration of ECS's agent: two files of KEY=value, the operator's over that of the instance. */
import { existsSync, readFileSync } from 'node:fs';

export interface AgentConfig {
  cluster: string;
  region: string;
  /** MiB that tasks do not get. */
  reservedMemory: number;
  refusesPrivileged: boolean;
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
    endpoint,
  };
}
