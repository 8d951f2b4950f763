/** Against the stand-in GitLab of the local cloud, where instances and a foreign runner have introduced themselves. */
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { tidyManagers } from '../../../lambda/housekeeper/managers/tidy-managers';
import { GitlabBench, READ_TOKEN, RUNNER_ID, RUNNER_TOKEN } from '../../local/gitlab-bench';
import { fleetSettingsOf } from './perfect';
import { toSystemId } from './to-system-id';

const GONE = 'i-0000000000000000a';
const ALIVE = 'i-0000000000000000b';
const FOREIGN = 's_0123456789ab';

let gitlab: GitlabBench;
const ec2 = mockClient(EC2Client);
beforeEach(async () => {
  gitlab = await GitlabBench.start();
  ec2.reset();
  ec2.on(DescribeInstancesCommand).resolves({
    Reservations: [
      {
        Instances: [
          { InstanceId: GONE, State: { Name: 'terminated' } },
          { InstanceId: ALIVE, State: { Name: 'running' } },
        ],
      },
    ],
  });
  for (const system_id of [toSystemId(GONE), toSystemId(ALIVE), FOREIGN])
    await gitlab.send('POST', '/api/v4/runners/verify', { token: RUNNER_TOKEN, system_id });
});
afterEach(() => gitlab.stop());

const tidy = (tokens: Record<string, string> = {}) =>
  tidyManagers(
    {
      fetch,
      ec2: new EC2Client({ region: 'eu-central-1' }),
      readToken: async (secret) =>
        secret.includes('/fleet/') ? (tokens.runner ?? RUNNER_TOKEN) : (tokens.api ?? READ_TOKEN),
      now: () => gitlab.now + 11 * 60_000,
    },
    fleetSettingsOf({ baseUrl: gitlab.url, runnerId: RUNNER_ID }),
  );
const readManagers = async () =>
  (await gitlab.admin<{ systemId: string }[]>('GET', 'managers')).map(({ systemId }) => systemId);

test('only the manager of the instance that is gone is removed', async () => {
  expect(await tidy()).toMatchObject({ done: [toSystemId(GONE)], failures: [] });
  expect(await readManagers()).toEqual([toSystemId(ALIVE), FOREIGN]);
  expect(await tidy()).toMatchObject({ done: [], failures: [] });
});

test('a runner token that GitLab refuses removes nothing, and is told', async () => {
  const { failures } = await tidy({ runner: ['glrt', 'of-another'].join('-') });
  expect(failures).toEqual([expect.stringContaining('403')]);
  expect(await readManagers()).toHaveLength(3);
});

test('an API token without the scope removes nothing, and the scope is told', async () => {
  await gitlab.setUp({ tokens: [{ token: 'narrow', scopes: ['create_runner'] }] });
  expect((await tidy({ api: 'narrow' })).failures).toEqual([expect.stringContaining('insufficient_scope')]);
  expect(await readManagers()).toHaveLength(3);
});
