/** Runners of GitHub, deployed and promoted by what an operator uses, on the local AWS. */

import {
  DescribeCapacityProvidersCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListClustersCommand,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs';
import { CreateOpenIDConnectProviderCommand, IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { SSMClient } from '@aws-sdk/client-ssm';
import { detachHosts } from '../../scripts/detach-hosts';
import { promoteRunnerImage } from '../../scripts/runner-image/promote-runner-image';
import { deregisterAll } from '../../scripts/runner-image/tidy-revisions';
import { withFault } from '../scripts/with-fault';
import { type Deployed, REGION, startDeployed } from './deployed';
import { buildConfig, GITHUB_ON_FARGATE, WITH_GITHUB } from './perfect-config';

const MINUTES = 60_000;
const FAMILY = 'muster-dev-tools_small_fargate';

const WITH_HOSTS = {
  images: WITH_GITHUB.images,
  githubEcs: { ...GITHUB_ON_FARGATE.githubEcs, hosts: WITH_GITHUB.githubEcs.hosts },
};

describe('runners of GitHub on the local AWS', () => {
  let deployed: Deployed;
  let client: ConstructorParameters<typeof ECSClient>[0];
  let ecs: ECSClient;
  beforeEach(async () => {
    deployed = await startDeployed();
    client = { ...deployed.aws.client, region: REGION };
    ecs = new ECSClient(client);
  });
  afterEach(() => deployed.end());

  async function readDefinition() {
    const { taskDefinition } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: FAMILY }));
    const [container] = taskDefinition?.containerDefinitions ?? [];
    const value = (key: string) => container?.environment?.find(({ name }) => name === key)?.value;
    return { image: container?.image, claim: value('MUSTER_CLAIM_MINUTES') };
  }

  const promote = (digest: string, repository: string) =>
    promoteRunnerImage(
      { ecs, ssm: new SSMClient(client ?? {}) },
      { config: buildConfig(GITHUB_ON_FARGATE), repository, digest, print: () => {} },
    );

  const reclaim = (claimMinutes: number) =>
    buildConfig({ ...GITHUB_ON_FARGATE, githubEcs: { ...GITHUB_ON_FARGATE.githubEcs, claimMinutes } });

  test(
    'alone on Fargate: apply, follow a promotion without a change of the plan, keep it over the next deploy, and go without a trace',
    async () => {
      await deployed.use(buildConfig(GITHUB_ON_FARGATE));
      await deployed.apply();
      expect(await deployed.readChanges()).toEqual([]);
      const before = (await readDefinition()).image ?? '';
      expect(before).toMatch(/muster-dev\/github-runner:none$/);

      const repository = before.replace(/:none$/, '');
      const digest = `sha256:${'5'.repeat(64)}`;
      await promote(digest, repository);
      expect((await readDefinition()).image).toBe(`${repository}@${digest}`);
      expect(await deployed.readChanges()).toEqual([]);

      deployed.synthesize(reclaim(20));
      // While a change is under way, and when it fails, the next runner starts from the definition before.
      const refused = { service: 'ecs', operation: 'RegisterTaskDefinition' };
      await withFault(deployed.aws, { ...refused, code: 'ClientException' }, async () => {
        expect((await deployed.try('apply', '-auto-approve')).output).toContain('not you');
      });
      expect(await readDefinition()).toEqual({ image: `${repository}@${digest}`, claim: '10' });
      await deployed.apply();
      expect(await readDefinition()).toEqual({ image: `${repository}@${digest}`, claim: '20' });
      expect(await deployed.readChanges()).toEqual([]);

      await deployed.destroy();
      expect(deployed.readState()).toEqual([]);
      // As make destroy does after: Terraform leaves every definition.
      expect(await deregisterAll(ecs, 'dev')).toBe(3);
      expect(
        (await ecs.send(new ListTaskDefinitionsCommand({ status: 'ACTIVE' }))).taskDefinitionArns,
      ).toEqual([]);
      expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
      const { Roles = [] } = await new IAMClient(client ?? {}).send(new ListRolesCommand({}));
      expect(Roles.filter(({ RoleName }) => RoleName?.startsWith('muster-'))).toEqual([]);
    },
    10 * MINUTES,
  );

  test(
    'lose their hosts in one deploy',
    async () => {
      const withHosts = buildConfig({ ...GITHUB_ON_FARGATE, ...WITH_HOSTS });
      await deployed.account.promote(await deployed.account.bake(), 'containers');
      await deployed.use(withHosts);
      await deployed.apply();

      const without = buildConfig(GITHUB_ON_FARGATE);
      deployed.synthesize(without);
      // What makes the step before needed: should Terraform ever update the cluster first, it can go.
      expect((await deployed.try('apply', '-auto-approve')).output).toContain('in use');
      const pace = { now: Date.now, sleep: async () => {}, print: () => {}, approve: async () => {} };
      await detachHosts(ecs, without, pace);
      await deployed.apply();
      expect(await deployed.readChanges()).toEqual([]);
      const { capacityProviders = [] } = await ecs.send(new DescribeCapacityProvidersCommand({}));
      expect(capacityProviders.map(({ name }) => name).sort()).toEqual(['FARGATE', 'FARGATE_SPOT']);
    },
    10 * MINUTES,
  );

  test(
    'refuse an identity provider that takes no tokens for AWS, with the remedy',
    async () => {
      const iam = new IAMClient(client ?? {});
      const url = 'https://token.actions.githubusercontent.com';
      await iam.send(
        new CreateOpenIDConnectProviderCommand({ Url: url, ClientIDList: ['https://github.com/acme'] }),
      );
      const githubEcs = { ...GITHUB_ON_FARGATE.githubEcs, oidcProvider: 'existing' };
      await deployed.use(buildConfig({ ...GITHUB_ON_FARGATE, githubEcs }));
      const error = await deployed.planError();
      expect(error).toContain(`The identity provider of ${url} takes no tokens for sts.amazonaws.com`);
      expect(error).toContain('aws iam add-client-id-to-open-id-connect-provider');
    },
    5 * MINUTES,
  );
});
