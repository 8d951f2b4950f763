/** ARNs belong to the region and account that they are used in. */
import { type Path, type Problem, show } from '../problem';
import type { Rule } from './rule';

/** A key encrypts in its own region only. */
export const keysAreInTheirRegion: Rule = ({ aws, organization, state }) => {
  const backend = state?.backend === 's3' ? state : undefined;
  // A region of the state that the schema refused is unknown, not absent.
  const stateRegion = backend && 'region' in backend ? backend.region : aws?.region;
  return [
    ...checkRegion(organization?.kmsKeyArn, aws?.region, ['organization', 'kmsKeyArn']),
    ...checkRegion(backend?.kmsKeyArn, stateRegion, ['state', 'kmsKeyArn']),
  ];
};

function checkRegion(arn: string | undefined, region: string | undefined, path: Path): Problem[] {
  const seen = arn?.split(':')[3];
  if (seen === undefined || region === undefined || seen === region) return [];
  return [
    {
      path,
      wrong: `the key is in ${seen}, what it encrypts is in ${region}`,
      remedy: `use a key of ${region}`,
    },
  ];
}

/** IAM takes a boundary only from AWS or from the role's own account. */
export const boundaryIsInTheAccount: Rule = ({ aws, organization }) => {
  const seen = organization?.permissionsBoundaryArn?.split(':')[4];
  if (seen === undefined || seen === 'aws' || aws?.accountId === undefined || seen === aws.accountId)
    return [];
  return [
    {
      path: ['organization', 'permissionsBoundaryArn'],
      wrong: `the policy is in account ${seen}, the roles are in ${aws.accountId}`,
      remedy: `use a policy of account ${aws.accountId}`,
    },
  ];
};

/** China and GovCloud are partitions of their own, with other ARNs. */
export const arnsAreOfThePartition: Rule = ({ aws, organization, state }) => {
  if (aws?.region === undefined) return [];
  const partition = partitionOf(aws.region);
  if (partition === undefined) return [];
  const arns: [string | undefined, Path][] = [
    [organization?.permissionsBoundaryArn, ['organization', 'permissionsBoundaryArn']],
    [organization?.kmsKeyArn, ['organization', 'kmsKeyArn']],
  ];
  if (state?.backend === 's3')
    arns.push([state.roleArn, ['state', 'roleArn']], [state.kmsKeyArn, ['state', 'kmsKeyArn']]);
  return arns.flatMap(([arn, path]) => {
    const seen = arn?.split(':')[1];
    if (seen === undefined || seen === partition) return [];
    return [
      {
        path,
        wrong: `${show(arn)} is not of ${aws.region}`,
        remedy: `use an ARN that starts with arn:${partition}:`,
      },
    ];
  });
};

function partitionOf(region: string): string | undefined {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  // Isolated regions have more partitions than we know.
  return region.includes('-iso') ? undefined : 'aws';
}
