/** What the roles of a pipeline may do: all of it by name, wherever AWS lets a name be said. */
import type { Config } from '../../config/schema';
import { toRenewStatements } from '../../stacks/nightly/nightly-statements';
import type { Statement } from '../../stacks/service-role';
import { toDeployStatements } from './deploy-statements';
import { toDiffStatements } from './diff-statements';

/** diff: of a pull request, which anybody with a branch can change; so it only reads. */
export const ROLES = ['diff', 'deploy', 'nightly'] as const;
export type Role = (typeof ROLES)[number];

const STATEMENTS: Record<Role, (config: Config) => Statement[]> = {
  diff: toDiffStatements,
  deploy: toDeployStatements,
  // What the build of CodeBuild may do, without what CodeBuild itself needs.
  nightly: toRenewStatements,
};

export const toPipelinePolicy = (config: Config, role: Role) => ({
  Version: '2012-10-17',
  Statement: STATEMENTS[role](config).map((statement) => ({ Effect: 'Allow', ...statement })),
});
