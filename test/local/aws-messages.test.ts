/** SNS and EventBridge of the local AWS: what is published and emitted reaches the functions that listen. */
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  type Account,
  type CloudEvent,
  deleteFleets,
  LAUNCHING,
  makeFleet,
  prepareAccount,
  TERMINATING,
} from './aws-fleet';
import { type Functions, prepareFunctions } from './aws-functions';
import { callAws, queryAws } from './call-aws';
import { type LocalAws, startLocalAws } from './start-local-aws';
import { until } from './until';

let aws: LocalAws;
let functions: Functions;
beforeAll(async () => {
  aws = await startLocalAws();
  functions = await prepareFunctions(aws);
});
afterAll(() => aws?.stop());

const eventsOf = async (event: string) =>
  (await aws.local<{ events: CloudEvent[] }>('GET', 'events?since=0')).events.filter(
    (entry) => entry.event === event,
  );

let topics = 0;
/** A topic of its own, and a function that is subscribed to it and may be invoked by it. */
async function makeTopic(allowed = true) {
  const topic = await queryAws(aws, 'sns', 'CreateTopic', { Name: `topic-${++topics}` }, 'TopicArn');
  const listener = await functions.makeListener();
  if (allowed) await listener.allow('sns.amazonaws.com', topic);
  const subscription = await queryAws(
    aws,
    'sns',
    'Subscribe',
    { TopicArn: topic, Protocol: 'lambda', Endpoint: listener.arn },
    'SubscriptionArn',
  );
  const publish = (Message: string, more: Record<string, string> = {}) =>
    queryAws(aws, 'sns', 'Publish', { TopicArn: topic, Message, ...more }, 'MessageId');
  return { topic, name: topic.split(':').at(-1), listener, subscription, publish };
}

describe('SNS', () => {
  test('a message reaches the subscribed function in the documented envelope', async () => {
    const { topic, listener, subscription, publish } = await makeTopic();
    const id = await publish('{"what":"happened"}', { Subject: 'News' });
    expect(await listener.hears(1)).toEqual([
      {
        Records: [
          {
            EventSource: 'aws:sns',
            EventVersion: '1.0',
            EventSubscriptionArn: subscription,
            Sns: {
              Type: 'Notification',
              MessageId: id,
              TopicArn: topic,
              Subject: 'News',
              Message: '{"what":"happened"}',
              Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z$/),
              SignatureVersion: '1',
              Signature: expect.any(String),
              SigningCertUrl: expect.any(String),
              UnsubscribeUrl: expect.stringContaining(subscription),
              MessageAttributes: {},
            },
          },
        ],
      },
    ]);
  });

  test('a function whose policy does not let the topic invoke it hears nothing', async () => {
    const { topic, listener, publish } = await makeTopic(false);
    await publish('unheard');
    expect((await eventsOf('delivery-failed')).map(({ detail }) => detail)).toContainEqual({
      function: listener.name,
      source: topic,
      reason: expect.stringContaining('sns.amazonaws.com'),
    });
    expect(await listener.heard()).toEqual([]);
  });

  test('after the end of its subscription it hears nothing', async () => {
    const { listener, subscription, publish } = await makeTopic();
    await queryAws(aws, 'sns', 'Unsubscribe', { SubscriptionArn: subscription });
    await publish('too late');
    expect(await listener.heard()).toEqual([]);
  });

  test('what is published can be looked up', async () => {
    const { name, publish } = await makeTopic();
    await publish('x'.repeat(2000), { Subject: 'Long' });
    const [{ detail } = { detail: {} }] = (await eventsOf('published')).filter(
      (event) => event.detail.topic === name,
    );
    expect(detail).toEqual({ topic: name, subject: 'Long', text: expect.stringMatching(/^x{500}$/) });
  });
});

describe('a lifecycle hook', () => {
  let account: Account;
  let roleArn: string;
  beforeAll(async () => {
    account = await prepareAccount(aws);
    const role = new CreateRoleCommand({ RoleName: 'notifier', AssumeRolePolicyDocument: '{}' });
    roleArn = (await new IAMClient(aws.client).send(role)).Role?.Arn ?? '';
  });
  afterEach(() => deleteFleets(account));

  /** A fleet with an instance in service whose terminating hook tells a topic, and a function that hears of it. */
  async function makeNotifier() {
    const { topic, name, listener } = await makeTopic();
    const hook = { ...TERMINATING, NotificationTargetARN: topic, RoleARN: roleArn };
    const fleet = await makeFleet(aws, account, { LifecycleHookSpecificationList: [LAUNCHING, hook] });
    const [instance] = await fleet.fill(1);
    const heard = async () =>
      (await listener.heard<{ Records: { Sns: { Message: string } }[] }>())
        .map(({ Records }) => JSON.parse(Records[0]?.Sns.Message ?? '{}'))
        .filter(({ Event }) => Event !== 'autoscaling:TEST_NOTIFICATION');
    return { fleet, instance, name, heard };
  }

  test('tells its function, in the name of its role', async () => {
    const { next } = await aws.local<{ next: number }>('GET', 'calls?since=0');
    const { fleet, instance, heard } = await makeNotifier();
    await fleet.desire(0);
    const [message] = await until('heard', heard, (all) => all.length > 0);
    expect(message).toMatchObject({
      AutoScalingGroupName: fleet.name,
      EC2InstanceId: instance?.InstanceId,
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    });
    const { calls } = await aws.local<{ calls: Record<string, unknown>[] }>('GET', `calls?since=${next}`);
    expect(
      calls.filter(({ operation, principal }) => operation === 'Publish' && principal === 'notifier'),
    ).not.toHaveLength(0);
  });

  test('whose message is lost holds the instance, and nobody hears of it', async () => {
    const { fleet, name, heard } = await makeNotifier();
    await aws.local('POST', 'faults', {
      service: 'sns',
      operation: 'Publish',
      resource: fleet.name,
      status: 500,
      count: 1,
    });
    await fleet.desire(0);
    expect(await fleet.states()).toEqual(['Terminating:Wait']);
    expect((await eventsOf('publish-failed')).map(({ detail }) => detail.topic)).toContain(name);
    expect(await heard()).toEqual([]);
  });
});

describe('EventBridge', () => {
  const PATTERN = { source: ['shop'], 'detail-type': ['Sold', 'Returned'], detail: { item: ['bread'] } };
  let rules = 0;
  async function makeRule(pattern: object = PATTERN) {
    const Name = `rule-${++rules}`;
    const { RuleArn } = await callAws<{ RuleArn: string }>(aws, 'events', 'PutRule', {
      Name,
      EventPattern: JSON.stringify(pattern),
    });
    const listener = await functions.makeListener();
    await listener.allow('events.amazonaws.com', RuleArn);
    await callAws(aws, 'events', 'PutTargets', { Rule: Name, Targets: [{ Id: 'it', Arn: listener.arn }] });
    return { Name, RuleArn, listener };
  }
  const emit = (change: object = {}) =>
    callAws(aws, 'events', 'PutEvents', {
      Entries: [{ Source: 'shop', DetailType: 'Sold', Detail: '{"item":"bread","for":2}', ...change }],
    });
  const matches = async (rule: string) =>
    (await eventsOf('rule-matched')).filter(({ detail }) => detail.rule === rule).length;

  test('an event that matches a rule reaches its function whole', async () => {
    const { listener } = await makeRule();
    await emit();
    expect(await listener.hears(1)).toEqual([
      {
        version: '0',
        id: expect.any(String),
        source: 'shop',
        'detail-type': 'Sold',
        account: '123456789012',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/),
        region: 'eu-central-1',
        resources: [],
        detail: { item: 'bread', for: 2 },
      },
    ]);
  });

  test.each([
    ['of another source', { Source: 'bank' }],
    ['of another type', { DetailType: 'Stolen' }],
    ['with another value', { Detail: '{"item":"cake"}' }],
    ['without the value', { Detail: '{}' }],
  ])('an event %s does not match', async (_, change) => {
    const { Name } = await makeRule();
    await emit(change);
    expect(await matches(Name)).toBe(0);
  });

  test('a rule that is disabled matches nothing', async () => {
    const { Name } = await makeRule();
    await callAws(aws, 'events', 'DisableRule', { Name });
    await emit();
    expect(await matches(Name)).toBe(0);
    await callAws(aws, 'events', 'EnableRule', { Name });
    await emit();
    await until('matched', () => matches(Name));
  });

  test.each([
    ['a pattern by prefix', () => makeRule({ source: [{ prefix: 'sh' }] })],
    [
      'a target that is no function',
      async () => {
        const { Name } = await makeRule();
        const Arn = 'arn:aws:sqs:eu-central-1:123456789012:queue';
        await callAws(aws, 'events', 'PutTargets', { Rule: Name, Targets: [{ Id: 'it', Arn }] });
      },
    ],
  ])('%s is refused, not ignored', async (_, make) => {
    await expect(make()).rejects.toThrow('501');
  });
});
