/** What a deploy without hosts does before Terraform, on the local AWS. */
import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import {
  CreateCapacityProviderCommand,
  DeleteCapacityProviderCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  ECSClient,
  type ECSClientResolvedConfig,
  PutClusterCapacityProvidersCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { type AwsStub, mockClient } from 'aws-sdk-client-mock';
import { detachHosts } from '../../scripts/detach-hosts';
import { prepareAccount } from '../local/aws-fleet';
import { EcsBench } from '../local/ecs-bench';
import { type LocalAws, startLocalAws } from '../local/start-local-aws';
import { makeConfig, type Raw } from './config';
import { addGithub } from './runner-image/github-environment';
import { withFault } from './with-fault';

const PROVIDER = 'muster-dev-github-hosts';
const FARGATE = ['FARGATE', 'FARGATE_SPOT'];

function removeHosts(raw: Raw): void {
  addGithub(raw);
  delete raw.githubEcs.hosts;
  delete raw.images.host;
  raw.githubEcs.repositories[0].modes = ['fargate'];
}
const without = makeConfig(removeHosts);

interface Run {
  lines: string[];
  approvals: string[];
  seconds: number;
}

async function detach(ecs: ECSClient, config = without, refuse?: Error): Promise<Run> {
  const run: Run = { lines: [], approvals: [], seconds: 0 };
  await detachHosts(ecs, config, {
    now: () => run.seconds * 1000,
    sleep: async (milliseconds) => {
      run.seconds += milliseconds / 1000;
    },
    print: (line) => run.lines.push(line),
    approve: async (what) => {
      run.approvals.push(what);
      if (refuse) throw refuse;
    },
  });
  return run;
}

describe('on the local AWS', () => {
  let aws: LocalAws;
  let ecs: ECSClient;
  beforeAll(async () => {
    aws = await startLocalAws();
    ecs = new ECSClient(aws.client);
    const account = await prepareAccount(aws);
    await account.autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: PROVIDER,
        MinSize: 0,
        MaxSize: 3,
        VPCZoneIdentifier: account.subnets,
        LaunchTemplate: { LaunchTemplateId: account.templateId, Version: '$Latest' },
      }),
    );
    await ecs.send(
      new CreateCapacityProviderCommand({
        name: PROVIDER,
        autoScalingGroupProvider: {
          autoScalingGroupArn: PROVIDER,
          managedScaling: { status: 'ENABLED', targetCapacity: 100 },
        },
      }),
    );
  });
  afterAll(() => aws?.stop());

  let bench: EcsBench;
  beforeEach(async () => {
    bench = await EcsBench.make(aws, [...FARGATE, PROVIDER]);
  });
  afterEach(() => ecs.send(new DeleteClusterCommand({ cluster: bench.cluster })));

  async function readProviders() {
    const { clusters = [] } = await ecs.send(new DescribeClustersCommand({ clusters: [bench.cluster] }));
    return clusters[0]?.capacityProviders;
  }
  const runOnHosts = async () => {
    const taskDefinition = await bench.define('ec2');
    const capacityProviderStrategy = [{ capacityProvider: PROVIDER, weight: 1 }];
    return bench.run({ taskDefinition, capacityProviderStrategy, networkConfiguration: undefined });
  };

  test('the provider leaves the cluster once, Fargate stays', async () => {
    expect(await detach(ecs)).toMatchObject({
      lines: [expect.stringContaining('no hosts any more')],
      approvals: [expect.stringContaining('muster-dev')],
    });
    expect(await readProviders()).toEqual(FARGATE);
    expect(await detach(ecs)).toEqual({ lines: [], approvals: [], seconds: 0 });
  });

  test('a default that names it goes with it', async () => {
    await ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: bench.cluster,
        capacityProviders: [...FARGATE, PROVIDER],
        defaultCapacityProviderStrategy: [{ capacityProvider: PROVIDER, weight: 1 }],
      }),
    );
    await detach(ecs);
    expect(await readProviders()).toEqual(FARGATE);
  });

  test('a task that waits for a host keeps it, and the operator learns what to do', async () => {
    const { taskArn } = await runOnHosts();
    await expect(detach(ecs)).rejects.toThrow(
      /Nothing was changed[\s\S]*aws ecs list-tasks --region \S+ --cluster muster-dev --launch-type EC2[\s\S]*modes/,
    );
    expect(await readProviders()).toContain(PROVIDER);
    await ecs.send(new StopTaskCommand({ cluster: bench.cluster, task: taskArn }));
    await detach(ecs);
    expect(await readProviders()).toEqual(FARGATE);
  });

  test('who does not approve keeps it', async () => {
    await expect(detach(ecs, without, new Error('no'))).rejects.toThrow('no');
    expect(await readProviders()).toContain(PROVIDER);
  });

  test('hosts that are in the config stay, and a config without runners of GitHub asks nothing', async () => {
    await detach(ecs, makeConfig(addGithub));
    await detach(ecs, makeConfig());
    expect(await readProviders()).toContain(PROVIDER);
  });

  test('another change of the cluster is waited for', async () => {
    const fault = { service: 'ecs', operation: 'PutClusterCapacityProviders', count: 2 };
    const run = await withFault(aws, { ...fault, code: 'UpdateInProgressException' }, () => detach(ecs));
    expect(run.approvals).toHaveLength(1);
    expect(run.seconds).toBe(15);
    expect(await readProviders()).toEqual(FARGATE);
  });

  test('any other refusal ends at once', async () => {
    const fault = { service: 'ecs', operation: 'PutClusterCapacityProviders', count: 1 };
    await expect(withFault(aws, fault, () => detach(ecs))).rejects.toThrow('not you');
  });

  test('without a cluster there is nothing to do', async () => {
    await ecs.send(new DeleteClusterCommand({ cluster: bench.cluster }));
    expect(await detach(ecs)).toEqual({ lines: [], approvals: [], seconds: 0 });
    await EcsBench.make(aws);
  });

  test('afterwards AWS deletes it', async () => {
    await expect(ecs.send(new DeleteCapacityProviderCommand({ capacityProvider: PROVIDER }))).rejects.toThrow(
      'in use',
    );
    await detach(ecs);
    await ecs.send(new DeleteCapacityProviderCommand({ capacityProvider: PROVIDER }));
  });
});

describe('while ECS works on the cluster', () => {
  // Only now: it stands in for every client.
  let ecs: AwsStub<ServiceInputTypes, ServiceOutputTypes, ECSClientResolvedConfig>;
  beforeEach(() => {
    ecs = mockClient(ECSClient);
  });
  afterEach(() => ecs.restore());
  const see = (attachmentsStatus: string, ...capacityProviders: string[]) => ({
    clusters: [{ clusterName: 'muster-dev', status: 'ACTIVE', attachmentsStatus, capacityProviders }],
  });
  const start = () => detach(new ECSClient({ region: 'eu-central-1' }));

  test('Terraform waits until the provider is really off, also after a run that was interrupted', async () => {
    ecs
      .on(DescribeClustersCommand)
      .resolvesOnce(see('UPDATE_IN_PROGRESS', 'FARGATE'))
      .resolvesOnce(see('UPDATE_IN_PROGRESS', 'FARGATE'))
      .resolves(see('UPDATE_COMPLETE', 'FARGATE'));
    expect(await start()).toEqual({ lines: [], approvals: [], seconds: 10 });
    expect(ecs.commandCalls(PutClusterCapacityProvidersCommand)).toEqual([]);
  });

  test('what never ends is told, with its state', async () => {
    ecs.on(DescribeClustersCommand).resolves(see('UPDATE_IN_PROGRESS', 'FARGATE', PROVIDER));
    await expect(start()).rejects.toThrow(/UPDATE_IN_PROGRESS\) after 10 minutes.*make deploy/);
  });
});
