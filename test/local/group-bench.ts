/** The local AWS with an account, for suites about groups: started before the tests, groups deleted after each. */
import {
  type CreateAutoScalingGroupCommandInput,
  SetInstanceProtectionCommand,
} from '@aws-sdk/client-auto-scaling';
import { type Account, deleteFleets, type Fleet, makeFleet, prepareAccount } from './aws-fleet';
import { type LocalAws, startLocalAws } from './start-local-aws';

/** For the top of a suite: it registers what has to happen before and after. */
export function useGroups() {
  let aws: LocalAws;
  let account: Account;
  beforeAll(async () => {
    aws = await startLocalAws();
    account = await prepareAccount(aws);
  });
  afterEach(() => deleteFleets(account));
  afterAll(() => aws?.stop());

  return {
    get aws() {
      return aws;
    },
    get account() {
      return account;
    },
    get autoScaling() {
      return account.autoScaling;
    },
    makeFleet: (change: Partial<CreateAutoScalingGroupCommandInput> = {}) => makeFleet(aws, account, change),
    advance: (seconds: number) => aws.local('POST', 'clock', { advanceSeconds: seconds }),
    options: (change: object) => aws.local('PUT', 'options', change),
    record: (id: string | undefined) => aws.local<Record<string, unknown>>('GET', `instances/${id}`),
    protect: (fleet: Fleet, ids: (string | undefined)[], ProtectedFromScaleIn: boolean) =>
      account.autoScaling.send(
        new SetInstanceProtectionCommand({
          AutoScalingGroupName: fleet.name,
          InstanceIds: ids.map((id) => id ?? ''),
          ProtectedFromScaleIn,
        }),
      ),
  };
}
