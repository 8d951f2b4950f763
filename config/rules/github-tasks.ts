/** Tasks of GitHub's runners can be launched: on Fargate, and in this network. */
import { hasMode } from './github';
import type { Rule } from './rule';

/**
 * Least and most memory of each CPU size of Fargate, and the steps between, GiB. Source: ECS developer guide,
 * "Troubleshoot Amazon ECS task definition invalid CPU or memory errors" (task-cpu-memory-error.html).
 */
const FARGATE: Record<number, [least: number, most: number, step: number]> = {
  256: [0.5, 2, 0],
  512: [1, 4, 1],
  1024: [2, 8, 1],
  2048: [4, 16, 1],
  4096: [8, 30, 1],
  8192: [16, 60, 4],
  16384: [32, 120, 8],
};

export const fargateHasTheSizes: Rule = (config) => {
  const onFargate = new Set(
    (config.githubEcs?.repositories ?? []).flatMap((rule) =>
      rule && hasMode(rule, 'fargate', 'fargate-spot') ? (rule.sizes ?? []) : [],
    ),
  );
  return Object.entries(config.githubEcs?.sizes ?? {}).flatMap(([name, size]) => {
    if (!onFargate.has(name) || size?.cpu === undefined) return [];
    const path = ['githubEcs', 'sizes', name];
    const of = FARGATE[size.cpu];
    if (!of) {
      const remedy = `use one of ${Object.keys(FARGATE).join(', ')}, or the mode ec2 alone`;
      return [{ path: [...path, 'cpu'], wrong: `Fargate has no tasks with ${size.cpu} CPU units`, remedy }];
    }
    if (size.memoryMb === undefined || isOffered(size.memoryMb / 1024, of)) return [];
    return [
      {
        path: [...path, 'memoryMb'],
        wrong: `Fargate gives no task with ${size.cpu} CPU units ${size.memoryMb} MiB`,
        remedy: `use ${describe(of)}`,
      },
    ];
  });
};

/** 0.25 vCPU comes with 0.5, 1 or 2 GiB. */
const isOffered = (memory: number, [least, most, step]: [number, number, number]) =>
  step === 0 ? [0.5, 1, 2].includes(memory) : memory >= least && memory <= most && memory % step === 0;

const describe = ([least, most, step]: [number, number, number]) =>
  step === 0 ? '512, 1024 or 2048' : `${least * 1024} to ${most * 1024} in steps of ${step * 1024}`;

/**
 * A network of ours without NAT has endpoints for what instances of fleets call, none of ECR and ECS. Fargate pulls images
 * without any proxy, and hosts take none for AWS where there are endpoints (stacks/fleet/to-instance-environment.ts).
 */
export const tasksHaveAWayOut: Rule = ({ network, ...config }) =>
  'githubEcs' in config &&
  network?.kind === 'new' &&
  network.subnets === 'private' &&
  network.nat === 'none' &&
  config.organization !== undefined &&
  'proxy' in config.organization
    ? [
        {
          path: ['network', 'nat'],
          wrong:
            'tasks of githubEcs could not pull their image, nor hosts join their cluster: Fargate uses no proxy, hosts none for AWS, and there would be no endpoints of ECR and ECS',
          remedy:
            'set nat: one (or per-zone), or use an existing network with endpoints for ecr.api, ecr.dkr, logs and s3 (with hosts also ecs, ecs-agent and ecs-telemetry)',
        },
      ]
    : [];
