/** Runners of GitHub, deployed and promoted by what an operator uses, on the local AWS. */

import {
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListClustersCommand,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs';
import { CreateOpenIDConnectProviderCommand, IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { SSMClient } from '@aws-sdk/client-ssm';
import { promoteRunnerImage } from '../../scripts/runner-image/promote-runner-image';
import { tidyRevisions } from '../../scripts/runner-image/tidy-revisions';
import { type Deployed, REGION, startDeployed } from './deployed';
import { buildConfig, GITHUB_ON_FARGATE } from './perfect-config';

const MINUTES = 60_000;
const FAMILY = 'muster-dev-tools_small_fargate';

describe('runners of GitHub on the local AWS', () => {
  let deployed: Deployed;
  let client: ConstructorParameters<typeof ECSClient>[0];
  let ecs: ECSClient;
  beforeEach(async () => {
    deployed = await startDeployed();
    client = { ...deployed.aws.client, region: REGION };
    ecs = new ECSClient(client);
  }, MINUTES);
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
      await deployed.apply();
      expect(await readDefinition()).toEqual({ image: `${repository}@${digest}`, claim: '20' });
      expect(await deployed.readChanges()).toEqual([]);

      // As make destroy does before.
      await tidyRevisions(ecs, buildConfig(GITHUB_ON_FARGATE));
      await deployed.destroy();
      expect(deployed.readState()).toEqual([]);
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
