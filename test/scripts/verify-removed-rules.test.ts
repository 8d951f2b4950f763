import { DescribeTasksCommand, ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { verifyRemovedRules } from '../../scripts/checks/verify-removed-rules';
import { makeConfig } from './config';
import { addGithub } from './runner-image/github-environment';

const ecs = mockClient(ECSClient);
beforeEach(() => ecs.reset());

const withRules = makeConfig(addGithub);
const without = makeConfig();
const verify = (config = withRules) => verifyRemovedRules(new ECSClient({ region: 'eu-central-1' }), config);
const named = (name: string) => Object.assign(new Error('no'), { name });

/** Tasks of the cluster: who started each, and its last status. */
function see(tasks: Record<string, string>): void {
  const all = Object.entries(tasks).map(([startedBy, lastStatus]) => ({
    ...{ taskArn: `task/${startedBy}`, startedBy, lastStatus },
  }));
  ecs.on(ListTasksCommand).resolves({ taskArns: [] });
  ecs
    .on(ListTasksCommand, { desiredStatus: 'RUNNING' })
    .resolves({ taskArns: all.map(({ taskArn }) => taskArn) });
  ecs.on(DescribeTasksCommand).resolves({ tasks: all });
}

const OURS = 'muster-dev-app-t4k2p0-0a1b2c3d';
const GONE = 'muster-dev-old-shop-t4k2p0-0a1b2c3d';

test('runners of rules that stay, of nobody and of ended ones let the deploy go on', async () => {
  see({ [OURS]: 'RUNNING', person: 'RUNNING', 'muster-prd-x-t4k2p0-0a1b2c3d': 'RUNNING', [GONE]: 'STOPPED' });
  expect(await verify()).toBe('none has a runner left');
});

test.each(['PENDING', 'RUNNING', 'DEPROVISIONING'])(
  'a rule that is gone and has a task %s stops the deploy, with the command that ends it',
  async (status) => {
    see({ [OURS]: 'RUNNING', [GONE]: status });
    const refused = verify();
    await expect(refused).rejects.toThrow(/left: old-shop\. .*workflows/);
    await expect(refused).rejects.toThrow(
      `aws ecs stop-task --region eu-central-1 --cluster muster-dev --task task/${GONE}  # ${GONE} ${status}`,
    );
    await expect(refused).rejects.not.toThrow(OURS);
  },
);

test('a rule whose name goes on with that of another is another', async () => {
  see({ 'muster-dev-app-two-t4k2p0-0a1b2c3d': 'RUNNING' });
  await expect(verify()).rejects.toThrow(/left: app-two\./);
});

test('without githubEcs every rule is gone', async () => {
  see({ [OURS]: 'RUNNING' });
  await expect(verify(without)).rejects.toThrow(/left: app\./);
});

test('a task of which ECS does not tell may be of a rule that is gone', async () => {
  see({ [OURS]: 'RUNNING' });
  ecs
    .on(DescribeTasksCommand)
    .resolves({ tasks: [], failures: [{ arn: `task/${OURS}`, reason: 'INTERNAL' }] });
  await expect(verify()).rejects.toThrow(/does not tell of task/);
});

test('a cluster that is not there has none', async () => {
  ecs.on(ListTasksCommand).rejects(named('ClusterNotFoundException'));
  expect(await verify()).toBe('none has a runner left');
});

test('who may not look needs not, as long as there are no rules', async () => {
  ecs.on(ListTasksCommand).rejects(named('AccessDeniedException'));
  expect(await verify(without)).toBe('none has a runner left');
  await expect(verify()).rejects.toThrow('no');
});
