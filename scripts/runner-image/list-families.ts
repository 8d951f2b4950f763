import { runnerFamily } from '../../config/names';
import type { Config } from '../../config/schema';

/** Every task definition that runs the image: one for each rule, size and launch type. */
export function listFamilies({ environment, githubEcs }: Config): string[] {
  const rules = githubEcs?.repositories ?? [];
  return rules.flatMap(({ name, sizes, modes }) => {
    const launches = new Set(modes.map((mode) => (mode === 'ec2' ? 'ec2' : 'fargate')));
    return sizes.flatMap((size) =>
      [...launches].map((launch) => runnerFamily(environment, name, size, launch)),
    );
  });
}
