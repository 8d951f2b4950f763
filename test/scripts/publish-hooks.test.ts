import {
  AutoScalingClient,
  DescribeLifecycleHooksCommand,
  type LifecycleHook,
  PutLifecycleHookCommand,
} from '@aws-sdk/client-auto-scaling';
import { mockClient } from 'aws-sdk-client-mock';
import { publishHooks } from '../../scripts/publish-hooks';
import { makeConfig } from './config';

const aws = mockClient(AutoScalingClient);
beforeEach(() => aws.reset());

/** As a deploy of today makes it. */
const HOOK = {
  LifecycleHookName: 'muster-terminating',
  LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
  HeartbeatTimeout: 1800,
  DefaultResult: 'CONTINUE',
  NotificationTargetARN: 'arn:aws:sns:eu-central-1:123456789012:muster-dev-terminating',
  RoleARN: 'arn:aws:iam::123456789012:role/muster-dev-terminating',
};

function see(...LifecycleHooks: LifecycleHook[]): void {
  aws
    .on(DescribeLifecycleHooksCommand, {
      AutoScalingGroupName: 'muster-dev-linux',
      LifecycleHookNames: ['muster-terminating'],
    })
    .resolves({ LifecycleHooks });
}
const refusal = (message: string) => Object.assign(new Error(message), { name: 'ValidationError' });

async function publish(): Promise<{ lines: string[]; seconds: number }> {
  let now = 0;
  const lines: string[] = [];
  await publishHooks(new AutoScalingClient({ region: 'eu-central-1' }), makeConfig(), {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
    print: (line) => lines.push(line),
  });
  return { lines, seconds: now / 1000 };
}
const puts = () => aws.commandCalls(PutLifecycleHookCommand).map(({ args }) => args[0].input);

test('a hook that tells the topic is left alone', async () => {
  see(HOOK);
  expect((await publish()).lines).toEqual([]);
  expect(puts()).toEqual([]);
});

const { NotificationTargetARN: _, RoleARN: __, ...silent } = HOOK;
test.each<[string, LifecycleHook[]]>([
  ['tells nobody', [silent]],
  ['tells somebody else', [{ ...HOOK, NotificationTargetARN: `${HOOK.NotificationTargetARN}-other` }]],
  ['tells as somebody else', [{ ...HOOK, RoleARN: `${HOOK.RoleARN}-other` }]],
  ['was removed', []],
])('a hook that %s is changed in place', async (_name, hooks) => {
  see(...hooks);
  expect((await publish()).lines).toEqual([expect.stringContaining('muster-dev-linux')]);
  expect(puts()).toEqual([{ AutoScalingGroupName: 'muster-dev-linux', ...HOOK }]);
});

test('a role that AWS does not know everywhere yet is waited for', async () => {
  see(silent);
  aws
    .on(PutLifecycleHookCommand)
    .rejectsOnce(refusal('Unable to publish test message to notification target'))
    .rejectsOnce(refusal('Unable to publish test message to notification target'))
    .resolves({});
  expect((await publish()).seconds).toBe(10);
  expect(puts()).toHaveLength(3);
});

test('a role that may never publish is told, with what to do', async () => {
  see(silent);
  aws.on(PutLifecycleHookCommand).rejects(refusal('Unable to publish test message to notification target'));
  await expect(publish()).rejects.toThrow(/sns:Publish.*make deploy/);
});

test('any other refusal ends at once', async () => {
  see(silent);
  aws.on(PutLifecycleHookCommand).rejects(refusal('not you'));
  await expect(publish()).rejects.toThrow('not you');
  expect(puts()).toHaveLength(1);
});
