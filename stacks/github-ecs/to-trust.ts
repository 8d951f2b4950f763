/** Which jobs of a repository may assume its role: pure. */
import type { RepositoryRule } from '../../config/schema';
import type { Trust } from '../create-role';

/** What aws-actions/configure-aws-credentials asks GitHub's tokens for. */
export const AUDIENCE = 'sts.amazonaws.com';

export const toTrust = (rule: RepositoryRule, { issuer, arn }: { issuer: string; arn: string }): Trust => ({
  Principal: { Federated: arn },
  Action: 'sts:AssumeRoleWithWebIdentity',
  // Nothing but equality: a pattern would let in what merely looks alike, and `repo:o/r:*` every pull request.
  Condition: { StringEquals: { [`${issuer}:aud`]: AUDIENCE, [`${issuer}:sub`]: toSubjects(rule) } },
});

/** The subject of a job with an environment tells no branch: the environment's settings at GitHub limit those. */
export function toSubjects({ repository, ids, environments, branches }: RepositoryRule): string[] {
  const [owner, name] = repository.split('/');
  const forms = [repository, ...(ids ? [`${owner}@${ids.owner}/${name}@${ids.repository}`] : [])];
  const contexts = [
    // GitHub writes a colon in a name as %3A; the config lets none in.
    ...environments.map((environment) => `environment:${environment}`),
    ...branches.map((branch) => `ref:refs/heads/${branch}`),
  ];
  return forms.flatMap((form) => contexts.map((context) => `repo:${form}:${context}`));
}
