/** The task definitions of a rule: one for each of its sizes and launch types. */
import { runnerFamily } from '../../config/names';
import type { RepositoryRule } from '../../config/schema';

export type Launch = 'fargate' | 'ec2';

export interface Family {
  family: string;
  size: string;
  launch: Launch;
}

/** Spot and on demand are one launch type. */
const LAUNCH = { 'fargate-spot': 'fargate', fargate: 'fargate', ec2: 'ec2' } as const;

export function toFamilies(environment: string, { name, modes, sizes }: RepositoryRule): Family[] {
  const launches = [...new Set(modes.map((mode): Launch => LAUNCH[mode]))];
  return sizes.flatMap((size) =>
    launches.map((launch) => ({ size, launch, family: runnerFamily(environment, name, size, launch) })),
  );
}
