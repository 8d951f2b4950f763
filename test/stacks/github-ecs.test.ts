import { parse } from '../../actions/start-runner/settings';
import { ALL_OPTIONS, buildConfig, GITHUB_ON_FARGATE, githubEcs, WITH_GITHUB } from './perfect-config';
import { type Body, named, type Synthesized, synthesize } from './synthesize';

const build = (deviation: Record<string, unknown> = {}, others: Record<string, unknown> = {}) =>
  synthesize(buildConfig({ ...WITH_GITHUB, ...others, githubEcs: githubEcs(deviation) }));

const stack = build();
const everything = synthesize(buildConfig(ALL_OPTIONS));
const definition = (family: string, of = stack) => named(of, 'aws_ecs_task_definition', family, 'family');
const container = (family: string, of = stack): Body =>
  JSON.parse(definition(family, of).container_definitions)[0];
const settings = (rule: string, of: Synthesized = stack) =>
  parse(named(of, 'aws_ssm_parameter', `/muster/dev/github/${rule}`).insecure_value);

describe('the cluster', () => {
  test('has Fargate on demand and spot, and the hosts where there are any', () => {
    const providers = (of: Synthesized) =>
      of.resource('aws_ecs_cluster_capacity_providers').capacity_providers;
    expect(providers(stack)).toEqual([
      'FARGATE',
      'FARGATE_SPOT',
      expect.stringContaining('aws_ecs_capacity_provider.'),
    ]);
    expect(providers(synthesize(buildConfig(GITHUB_ON_FARGATE)))).toEqual(['FARGATE', 'FARGATE_SPOT']);
  });

  test('is not watched at a price, whatever the default of the account', () => {
    expect(stack.resource('aws_ecs_cluster')).toMatchObject({
      name: 'muster-dev',
      setting: [{ name: 'containerInsights', value: 'disabled' }],
    });
  });

  test('outlives its hosts, who leave it when they drain', () => {
    const { depends_on } = named(stack, 'aws_autoscaling_group', 'muster-dev-github-hosts');
    expect(depends_on).toContainEqual(expect.stringMatching(/^aws_ecs_cluster\./));
  });
});

describe('the image', () => {
  test('is pushed once under a tag, and scanned', () => {
    expect(stack.resource('aws_ecr_repository')).toMatchObject({
      name: 'muster-dev/github-runner',
      image_tag_mutability: 'IMMUTABLE',
      image_scanning_configuration: { scan_on_push: true },
      force_delete: true,
    });
    expect(stack.resource('aws_ecr_repository')).not.toHaveProperty('encryption_configuration');
    expect(everything.resource('aws_ecr_repository').encryption_configuration).toEqual([
      { encryption_type: 'KMS', kms_key: ALL_OPTIONS.organization.kmsKeyArn },
    ]);
  });

  test('is removed when it is old, as the config says', () => {
    const { rules } = JSON.parse(everything.resource('aws_ecr_lifecycle_policy').policy);
    expect(rules.map(({ selection }: Body) => selection)).toEqual([
      { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1 },
      { tagStatus: 'tagged', tagPatternList: ['*'], countType: 'imageCountMoreThan', countNumber: 4 },
    ]);
  });

  test('is promoted without a deploy: a parameter that no deploy writes a second time', () => {
    expect(named(stack, 'aws_ssm_parameter', '/muster/dev/github-runner-image')).toMatchObject({
      type: 'String',
      insecure_value: 'none',
      lifecycle: { ignore_changes: ['insecure_value', 'value'] },
    });
  });

  test('is named by its digest; before the first promotion by a tag that is never pushed', () => {
    const { image } = container('muster-dev-tools_small_fargate');
    const [, local = ''] = /^\$\{local\.([\w-]+)\}$/.exec(image) ?? [];
    const repository = String.raw`\$?{?aws_ecr_repository\.[\w-]+\.repository_url}?`;
    const parameter = String.raw`\$?{?aws_ssm_parameter\.[\w-]+\.insecure_value}?`;
    expect(stack.stack.locals[local]).toMatch(
      new RegExp(
        `${parameter} == "none".*\\? .*":", \\[${repository}, "none"\\].* : .*"@", \\[${repository}, ${parameter}\\]`,
      ),
    );
  });
});

describe('a task definition', () => {
  test('is there for each size and launch type of a rule', () => {
    expect(
      stack
        .resources('aws_ecs_task_definition')
        .map(({ family }) => family)
        .sort(),
    ).toEqual([
      'muster-dev-shop_large_ec2',
      'muster-dev-shop_large_fargate',
      'muster-dev-shop_small_ec2',
      'muster-dev-shop_small_fargate',
      'muster-dev-tools_small_fargate',
    ]);
  });

  test('on Fargate has a network interface and a disk of its own', () => {
    expect(definition('muster-dev-shop_large_fargate')).toMatchObject({
      requires_compatibilities: ['FARGATE'],
      network_mode: 'awsvpc',
      cpu: '4096',
      memory: '16384',
      ephemeral_storage: { size_in_gib: 60 },
      runtime_platform: { operating_system_family: 'LINUX', cpu_architecture: 'X86_64' },
    });
    expect(definition('muster-dev-shop_small_fargate')).not.toHaveProperty('ephemeral_storage');
  });

  test('on a host has the bridge, a hop behind the metadata service', () => {
    const large = definition('muster-dev-shop_large_ec2');
    expect(large).toMatchObject({ requires_compatibilities: ['EC2'], network_mode: 'bridge' });
    expect(large).not.toHaveProperty('ephemeral_storage');
    expect(
      named(stack, 'aws_launch_template', 'muster-dev-github-hosts').metadata_options
        .http_put_response_hop_limit,
    ).toBe(1);
  });

  test('follows promotions, whose revisions are no change of a deploy', () => {
    for (const { track_latest } of stack.resources('aws_ecs_task_definition'))
      expect(track_latest).toBe(true);
  });

  test('runs as a user, without more rights than any, and stops within two minutes', () => {
    expect(container('muster-dev-shop_small_ec2')).toEqual({
      name: 'runner',
      image: expect.any(String),
      essential: true,
      user: '1001',
      readonlyRootFilesystem: false,
      linuxParameters: { initProcessEnabled: false },
      stopTimeout: 120,
      environment: expect.any(Array),
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': '/muster/dev/github-runners',
          'awslogs-region': 'us-east-1',
          'awslogs-stream-prefix': 'shop',
        },
      },
    });
  });

  test('tells the container its limits, and nothing that is secret', () => {
    expect(container('muster-dev-shop_small_fargate').environment).toEqual([
      { name: 'AWS_REGION', value: 'us-east-1' },
      { name: 'MUSTER_CLAIM_MINUTES', value: '10' },
      { name: 'MUSTER_JOB_LIMIT_MINUTES', value: '360' },
      { name: 'MUSTER_STOP_SECONDS', value: '120' },
    ]);
    expect(container('muster-dev-shop_small_fargate')).not.toHaveProperty('secrets');
  });

  test('tells the container of a host of less time, for spot tells a host later than a task of Fargate', () => {
    const told = (family: string) => {
      const { environment, stopTimeout } = container(family);
      const { value } = environment.find(({ name }: Body) => name === 'MUSTER_STOP_SECONDS');
      return { value, stopTimeout };
    };
    for (const size of ['small', 'large']) {
      expect(told(`muster-dev-shop_${size}_ec2`)).toEqual({ value: '90', stopTimeout: 120 });
      expect(told(`muster-dev-shop_${size}_fargate`)).toEqual({ value: '120', stopTimeout: 120 });
    }
  });

  test('tells the container its proxy, and that its credentials are nearer', () => {
    expect(container('muster-dev-tools_small_fargate', everything).environment).toEqual(
      expect.arrayContaining([
        { name: 'https_proxy', value: 'http://proxy.example.com:3128' },
        { name: 'no_proxy', value: '169.254.170.2,localhost,127.0.0.1,.example.com' },
      ]),
    );
  });

  test('is of the architecture of the image', () => {
    const arm = synthesize(
      buildConfig({
        ...GITHUB_ON_FARGATE,
        githubEcs: { ...GITHUB_ON_FARGATE.githubEcs, image: { architecture: 'arm64' } },
      }),
    );
    expect(definition('muster-dev-tools_small_fargate', arm).runtime_platform.cpu_architecture).toBe('ARM64');
    expect(settings('tools', arm).architecture).toBe('arm64');
  });

  test('has a role of its rule for the job, and another for ECS', () => {
    const roleOf = (family: string, kind: string) => {
      const [, address = ''] = /^\$\{aws_iam_role\.([\w-]+)\.arn\}$/.exec(definition(family)[kind]) ?? [];
      return stack.stack.resource.aws_iam_role[address].name;
    };
    expect(roleOf('muster-dev-shop_small_ec2', 'task_role_arn')).toBe('muster-dev-github-shop_task');
    expect(roleOf('muster-dev-tools_small_fargate', 'task_role_arn')).toBe('muster-dev-github-tools_task');
    for (const { family } of stack.resources('aws_ecs_task_definition'))
      expect(roleOf(family, 'execution_role_arn')).toBe('muster-dev-github_execution');
  });
});

describe('the action', () => {
  test('is told all that it needs of a rule', () => {
    expect(settings('shop')).toEqual({
      version: 1,
      environment: 'dev',
      rule: 'shop',
      repository: 'acme/shop',
      architecture: 'x64',
      cluster: 'muster-dev',
      jitSecretPrefix: 'muster/dev/github/shop/jit/',
      modes: ['fargate-spot', 'fargate', 'ec2'],
      sizes: [
        { name: 'small', fargate: 'muster-dev-shop_small_fargate', ec2: 'muster-dev-shop_small_ec2' },
        { name: 'large', fargate: 'muster-dev-shop_large_fargate', ec2: 'muster-dev-shop_large_ec2' },
      ],
      hosts: 'muster-dev-github-hosts',
      network: {
        subnets: [expect.stringContaining('aws_subnet'), expect.stringContaining('aws_subnet')],
        securityGroups: [expect.stringContaining('aws_security_group')],
        assignPublicIp: 'ENABLED',
      },
      claimMinutes: 10,
    });
    expect(settings('tools').sizes).toEqual([{ name: 'small', fargate: 'muster-dev-tools_small_fargate' }]);
  });

  test('encrypts its secrets with the key of the organization', () => {
    expect(settings('shop', everything).secretKey).toBe(ALL_OPTIONS.organization.kmsKeyArn);
  });

  test('gives tasks in private subnets no public address', () => {
    expect(settings('shop', everything).network.assignPublicIp).toBe('DISABLED');
  });

  test('finds its settings only when all that it would use is there, and no more when that goes', () => {
    const { depends_on } = named(stack, 'aws_ssm_parameter', '/muster/dev/github/shop');
    for (const type of [
      'aws_ecs_cluster_capacity_providers',
      'aws_ecs_task_definition',
      'aws_iam_role_policy',
      'aws_cloudwatch_log_group',
    ]) {
      expect(depends_on).toContainEqual(expect.stringMatching(new RegExp(`^${type}\\.`)));
    }
  });

  test('has a role for each rule, shown by the deploy', () => {
    expect(Object.keys(stack.outputs)).toEqual(['github-shop', 'github-tools']);
  });
});

describe('the identity provider', () => {
  test('is made, for AWS alone', () => {
    expect(stack.resource('aws_iam_openid_connect_provider')).toMatchObject({
      url: 'https://token.actions.githubusercontent.com',
      client_id_list: ['sts.amazonaws.com'],
    });
  });

  test('may be there, but must take tokens for AWS', () => {
    expect(everything.resources('aws_iam_openid_connect_provider')).toEqual([]);
    const [existing] = everything.data('aws_iam_openid_connect_provider');
    expect(existing).toMatchObject({ url: 'https://github.example.com/_services/token' });
    expect(existing?.lifecycle.postcondition[0].error_message).toContain(
      'add-client-id-to-open-id-connect-provider',
    );
  });
});

test('rules may be called as anything else that is here', () => {
  const names = ['image', 'hosts', 'cluster', 'identity', 'capacity', 'logs', 'task-role', 'settings'];
  const repositories = names.map((name) => ({
    name,
    repository: 'acme/x',
    branches: ['main'],
    sizes: ['small'],
  }));
  expect(build({ repositories }).resources('aws_ecs_task_definition')).toHaveLength(names.length);
});
