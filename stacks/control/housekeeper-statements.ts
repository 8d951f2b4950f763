/**
 * What the housekeeper may do: look, read the tokens with which CIs tell of runners, end instances of its fleets and tasks
 * of its cluster, remind, and delete images of this environment where the config says so.
 */
import { alarmTopicName, imageParameter, jitSecretPrefix, TAGS } from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import { toDecryptStatement } from '../decrypt-statement';
import type { Statement } from '../service-role';
import { toHousekeeperSettings } from './to-housekeeper-settings';

export function toHousekeeperStatements(config: Config): Statement[] {
  return [
    ...toImageStatements(config),
    ...toTokenStatements(config),
    ...toRunnerStatements(config),
    ...toTaskStatements(config),
    ...toReminderStatements(config),
  ];
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
        'autoscaling:DescribeAutoScalingGroups',
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
    ...(Object.keys(images).length > 0
      ? [
          {
            Sid: 'Promotions',
            Action: ['ssm:GetParameterHistory'],
            Resource: Object.keys(images).map((image) => arns.parameter(imageParameter(environment, image))),
          },
        ]
      : []),
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

/** What the runners that a CI knows are read with; with GitLab and GitHub also what those are removed with that are gone. */
function toTokenStatements(config: Config): Statement[] {
  const { fleets, githubEcs } = toHousekeeperSettings(config);
  const secrets = [
    ...fleets.flatMap((fleet) => (fleet.ci === 'unlisted' ? [] : fleet.apiTokenSecret)),
    ...fleets.flatMap((fleet) => (fleet.ci === 'gitlab' ? fleet.runnerTokenSecret : [])),
    ...(githubEcs ? [githubEcs.credentialsSecret] : []),
  ];
  if (secrets.length === 0) return [];
  return [
    {
      Sid: 'Tokens',
      Action: ['secretsmanager:GetSecretValue'],
      Resource: [...new Set(secrets)].map(buildArns(config.aws).secret),
    },
    ...toDecryptStatement(config),
  ];
}

function toRunnerStatements(config: Config): Statement[] {
  const arns = buildArns(config.aws);
  const listed = toHousekeeperSettings(config).fleets.filter((fleet) => fleet.ci !== 'unlisted');
  if (listed.length === 0) return [];
  return [
    {
      Sid: 'Replace',
      // A tag of the group holds what has to survive until the next look.
      Action: ['autoscaling:CreateOrUpdateTags', 'autoscaling:TerminateInstanceInAutoScalingGroup'],
      Resource: listed.map(({ group }) => arns.group(group)),
    },
  ];
}

/** GitHub's runners on ECS: tasks that are of no use any more, and secrets that no task took. */
function toTaskStatements(config: Config): Statement[] {
  const { githubEcs } = toHousekeeperSettings(config);
  if (!githubEcs) return [];
  const arns = buildArns(config.aws);
  return [
    {
      // AWS checks a list of all tasks of a cluster against `*`, though it names container instances as the resource
      // (cdklabs/construct-hub#1207).
      Sid: 'TasksOfCluster',
      Action: ['ecs:ListTasks'],
      Resource: ['*'],
      Condition: { ArnEquals: { 'ecs:cluster': arns.named('ecs', `cluster/${githubEcs.cluster}`) } },
    },
    {
      Sid: 'Tasks',
      Action: ['ecs:DescribeTasks', 'ecs:StopTask'],
      Resource: [arns.named('ecs', `task/${githubEcs.cluster}/*`)],
    },
    {
      // AWS offers no resource to name for this.
      Sid: 'Secrets',
      Action: ['secretsmanager:ListSecrets'],
      Resource: ['*'],
    },
    {
      Sid: 'SecretsLeft',
      Action: ['secretsmanager:DeleteSecret'],
      // Of any rule: the names of dozens would be more than IAM takes.
      Resource: [arns.secret(`${jitSecretPrefix(config.environment, '*')}*`)],
    },
  ];
}

function toReminderStatements({ environment, aws }: Config): Statement[] {
  return [
    {
      Sid: 'Remind',
      Action: ['sns:Publish'],
      Resource: [buildArns(aws).named('sns', alarmTopicName(environment))],
    },
  ];
}
