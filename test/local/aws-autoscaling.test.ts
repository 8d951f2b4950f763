import {
  CreateOrUpdateTagsCommand,
  DeleteAutoScalingGroupCommand,
  DeleteLifecycleHookCommand,
  DescribeLifecycleHooksCommand,
  RecordLifecycleActionHeartbeatCommand,
  ResumeProcessesCommand,
  SetInstanceProtectionCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { type Account, LAUNCHING, makeFleet, prepareAccount, TERMINATING } from './aws-fleet';
import { type LocalAws, startLocalAws } from './start-local-aws';

let aws: LocalAws;
let account: Account;

beforeAll(async () => {
  aws = await startLocalAws();
  account = await prepareAccount(aws);
});
afterAll(() => aws?.stop());

const advance = (seconds: number) => aws.local('POST', 'clock', { advanceSeconds: seconds });
const send = (command: Parameters<Account['autoScaling']['send']>[0]) => account.autoScaling.send(command);

describe('launching', () => {
  test('an instance waits in the launching hook until it is completed', async () => {
    const fleet = await makeFleet(aws, account, { DesiredCapacity: 1 });
    expect(await fleet.states()).toEqual(['Pending:Wait']);
    await fleet.complete((await fleet.instances())[0], 'launching');
    expect(await fleet.states()).toEqual(['InService']);
  });
});
