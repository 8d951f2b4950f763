/** What the housekeeper may do: look, read the tokens of GitLab, and delete images of this environment where the config says so. */
import { apiTokenSecret, imageParameter, runnerTokenSecret, TAGS } from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import { toDecryptStatement } from '../decrypt-statement';
import type { Statement } from '../service-role';

export function toHousekeeperStatements(config: Config): Statement[] {
  return [...toImageStatements(config), ...toManagerStatements(config)];
}

function toImageStatements({ environment, aws, images, housekeeping }: Config): Statement[] {
  const arns = buildArns(aws);
  const regions = [...new Set([aws.region, ...Object.values(images).flatMap(({ copyTo }) => copyTo)])];
  const ofEnvironment = { StringEquals: { [`aws:ResourceTag/${TAGS.environment}`]: environment } };
  return [
    {
      Sid: 'Look',
      // AWS offers no resource to name for these.
      Action: [
        'ec2:DescribeImages',
        'ec2:DescribeInstances',
        'ec2:DescribeLaunchTemplateVersions',
        'ec2:DescribeSnapshots',
      ],
      Resource: ['*'],
    },
    {
      Sid: 'SharedWith',
      Action: ['ec2:DescribeImageAttribute'],
      Resource: regions.map(arns.images),
      Condition: ofEnvironment,
    },
    {
      Sid: 'Promotions',
      Action: ['ssm:GetParameterHistory'],
      Resource: Object.keys(images).map((image) => arns.parameter(imageParameter(environment, image))),
    },
    // A dry run that could delete would be none.
    ...(housekeeping.images === 'delete'
      ? [
          {
            Sid: 'DeleteImages',
            Action: ['ec2:DeregisterImage'],
            Resource: regions.map(arns.images),
            Condition: ofEnvironment,
          },
          {
            Sid: 'DeleteSnapshots',
            Action: ['ec2:DeleteSnapshot'],
            Resource: regions.map(arns.snapshots),
            Condition: ofEnvironment,
          },
        ]
      : []),
  ];
}

/** With GitLab only: what the managers of instances that are gone are found and removed with. */
function toManagerStatements(config: Config): Statement[] {
  const { environment, aws, fleets } = config;
  const arns = buildArns(aws);
  const served = fleets.filter(({ gitlab }) => gitlab);
  if (served.length === 0) return [];
  const accounts = [...new Set(served.map(({ account }) => account))];
  return [
    {
      Sid: 'Tokens',
      Action: ['secretsmanager:GetSecretValue'],
      Resource: [
        ...accounts.map((account) => arns.secret(apiTokenSecret(environment, account))),
        ...served.map(({ name }) => arns.secret(runnerTokenSecret(environment, name))),
      ],
    },
    ...toDecryptStatement(config),
  ];
}
