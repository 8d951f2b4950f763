/** Terraform's own provider and what runners of GitHub need of ECS, ECR and IAM: apply, no change, destroy to nothing. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { mustTerraform } from '../stacks/terraform';
import { prepareAccount } from './aws-fleet';
import { callAws } from './call-aws';
import { type LocalAws, startLocalAws } from './start-local-aws';

const MINUTES = 60_000;
const ISSUER = 'token.actions.githubusercontent.com';

let aws: LocalAws;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'muster-ecs-'));
  aws = await startLocalAws();
  const account = await prepareAccount(aws);
  await account.autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: 'hosts',
      MinSize: 0,
      MaxSize: 3,
      VPCZoneIdentifier: account.subnets,
      LaunchTemplate: { LaunchTemplateId: account.templateId, Version: '$Latest' },
      NewInstancesProtectedFromScaleIn: true,
    }),
  );
});
afterAll(async () => {
  await aws?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const trust = (principal: object, action: string, condition?: object) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: principal,
        Action: action,
        ...(condition ? { Condition: condition } : {}),
      },
    ],
  });
const TAGS = { 'muster:environment': 'dev' };

function toConfiguration(memory = 2048) {
  const container = (logs: boolean) => ({
    name: 'runner',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's
    image: '${aws_ecr_repository.runner.repository_url}@sha256:0',
    essential: true,
    user: '1001',
    privileged: false,
    readonlyRootFilesystem: false,
    stopTimeout: 120,
    cpu: 0,
    linuxParameters: { initProcessEnabled: false },
    environment: [
      { name: 'MUSTER_STOP_SECONDS', value: '120' },
      { name: 'MUSTER_CLAIM_MINUTES', value: '10' },
    ],
    ...(logs
      ? {
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': '/muster/dev/github-runners',
              'awslogs-region': aws.client.region,
              'awslogs-stream-prefix': 'runner',
            },
          },
        }
      : {}),
  });
  return {
    terraform: { required_providers: { aws: { source: 'hashicorp/aws', version: '5.100.0' } } },
    provider: { aws: { region: aws.client.region, max_retries: 1, default_tags: [{ tags: TAGS }] } },
    data: {
      aws_autoscaling_group: { hosts: { name: 'hosts' } },
    },
    resource: {
      aws_ecs_cluster: {
        runners: { name: 'muster-dev', setting: [{ name: 'containerInsights', value: 'disabled' }] },
      },
      aws_ecs_capacity_provider: {
        hosts: {
          name: 'muster-dev-github-hosts',
          auto_scaling_group_provider: {
            // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's
            auto_scaling_group_arn: '${data.aws_autoscaling_group.hosts.arn}',
            managed_termination_protection: 'ENABLED',
            managed_draining: 'DISABLED',
            managed_scaling: { status: 'ENABLED', target_capacity: 100, instance_warmup_period: 60 },
          },
        },
      },
      aws_ecs_cluster_capacity_providers: {
        runners: {
          // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's
          cluster_name: '${aws_ecs_cluster.runners.name}',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's
          capacity_providers: ['FARGATE', 'FARGATE_SPOT', '${aws_ecs_capacity_provider.hosts.name}'],
        },
      },
      aws_ecs_task_definition: {
        fargate: {
          family: 'muster-dev-rule-small-fargate',
          requires_compatibilities: ['FARGATE'],
          network_mode: 'awsvpc',
          cpu: '1024',
          memory: String(memory),
          // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's
          task_role_arn: '${aws_iam_role.task.arn}',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's
          execution_role_arn: '${aws_iam_role.task.arn}',
          runtime_platform: { operating_system_family: 'LINUX', cpu_architecture: 'X86_64' },
          ephemeral_storage: { size_in_gib: 30 },
          track_latest: true,
          container_definitions: JSON.stringify([container(true)]),
        },
        ec2: {
          family: 'muster-dev-rule-small-ec2',
          requires_compatibilities: ['EC2'],
          network_mode: 'bridge',
          cpu: '1024',
          memory: String(memory),
          track_latest: true,
          container_definitions: JSON.stringify([{ ...container(false), memory: memory }]),
        },
      },
      aws_ecr_repository: {
        runner: {
          name: 'muster-dev/github-runner',
          image_tag_mutability: 'IMMUTABLE',
          force_delete: true,
          image_scanning_configuration: { scan_on_push: true },
          encryption_configuration: [{ encryption_type: 'AES256' }],
        },
      },
      aws_ecr_lifecycle_policy: {
        runner: {
          // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's
          repository: '${aws_ecr_repository.runner.name}',
          policy: JSON.stringify({
            rules: [
              {
                rulePriority: 1,
                description: 'untagged',
                selection: {
                  tagStatus: 'untagged',
                  countType: 'sinceImagePushed',
                  countUnit: 'days',
                  countNumber: 1,
                },
                action: { type: 'expire' },
              },
              {
                rulePriority: 2,
                description: 'newest',
                selection: {
                  tagStatus: 'tagged',
                  tagPatternList: ['*'],
                  countType: 'imageCountMoreThan',
                  countNumber: 10,
                },
                action: { type: 'expire' },
              },
            ],
          }),
        },
      },
      aws_iam_openid_connect_provider: {
        github: { url: `https://${ISSUER}`, client_id_list: ['sts.amazonaws.com'] },
      },
      aws_iam_role: {
        task: {
          name: 'muster-dev-github-rule-task',
          assume_role_policy: trust({ Service: 'ecs-tasks.amazonaws.com' }, 'sts:AssumeRole'),
        },
        workflow: {
          name: 'muster-dev-github-rule',
          assume_role_policy: trust(
            // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's
            { Federated: '${aws_iam_openid_connect_provider.github.arn}' },
            'sts:AssumeRoleWithWebIdentity',
            {
              StringEquals: {
                [`${ISSUER}:aud`]: 'sts.amazonaws.com',
                [`${ISSUER}:sub`]: ['repo:o/r:environment:ci'],
              },
            },
          ),
        },
      },
      aws_ssm_parameter: {
        image: {
          name: '/muster/dev/github-runner-image',
          type: 'String',
          value: 'none',
          lifecycle: { ignore_changes: ['value'] },
        },
      },
      aws_cloudwatch_event_rule: {
        stopped: {
          name: 'muster-dev-runners',
          event_pattern: JSON.stringify({
            source: ['aws.ecs'],
            'detail-type': ['ECS Task State Change'],
            // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's
            detail: { lastStatus: ['STOPPED'], clusterArn: ['${aws_ecs_cluster.runners.arn}'] },
          }),
        },
      },
    },
  };
}

const run = (...args: string[]) =>
  mustTerraform(directory, [...args, '-input=false', '-no-color'], {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'operator',
    AWS_SECRET_ACCESS_KEY: 'operator',
  });
const write = (memory?: number) =>
  writeFileSync(join(directory, 'main.tf.json'), JSON.stringify(toConfiguration(memory)));

/** Addresses that a plan would change. */
async function readChanges(): Promise<string[]> {
  const { stdout } = await run('plan', '-json');
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'planned_change')
    .map(({ change }) => `${change.action} ${change.resource.addr}`);
}

type Definition = { family: string; revision: number; containerDefinitions: object[]; status: string };
const readDefinition = (taskDefinition: string) =>
  callAws<{ taskDefinition: Definition; tags: object[] }>(aws, 'ecs', 'DescribeTaskDefinition', {
    taskDefinition,
    include: ['TAGS'],
  });

test(
  'applies, shows no change, takes a revision that somebody registered for no drift, and destroys to nothing',
  async () => {
    write();
    await run('init');
    await run('apply', '-auto-approve');
    expect(await readChanges()).toEqual([]);

    // Its tags are part of the resource: a revision that somebody else registers has to have them too.
    const { taskDefinition, tags } = await readDefinition('muster-dev-rule-small-fargate');
    await callAws(aws, 'ecs', 'RegisterTaskDefinition', { ...taskDefinition, tags });
    expect(await readChanges()).toEqual([]);

    write(4096);
    const changed = [...(await readChanges())].sort();
    expect(changed).toEqual([
      'replace aws_ecs_task_definition.ec2',
      'replace aws_ecs_task_definition.fargate',
    ]);
    await run('apply', '-auto-approve');
    expect(await readDefinition('muster-dev-rule-small-fargate')).toMatchObject({
      taskDefinition: { revision: 3 },
    });
    expect(await readDefinition('muster-dev-rule-small-fargate:2')).toMatchObject({
      taskDefinition: { status: 'INACTIVE' },
    });
    expect(await readChanges()).toEqual([]);

    await run('destroy', '-auto-approve');
    expect(JSON.parse(readFileSync(join(directory, 'terraform.tfstate'), 'utf8')).resources).toEqual([]);
    const list = <Answer>(service: 'ecs' | 'ecr', operation: string) =>
      callAws<Answer>(aws, service, operation, {});
    expect(await list('ecs', 'ListClusters')).toEqual({ clusterArns: [] });
    // As on AWS: Terraform deregisters the revision that it knows of, the one that came before somebody else's stays.
    const { taskDefinitionArns } = await list<{ taskDefinitionArns: string[] }>('ecs', 'ListTaskDefinitions');
    expect(taskDefinitionArns.map((arn) => arn.split('/')[1])).toEqual(['muster-dev-rule-small-fargate:1']);
    expect(await list('ecr', 'DescribeRepositories')).toEqual({ repositories: [] });
  },
  10 * MINUTES,
);
