/** SNS and EventBridge of the local AWS: what is published and emitted reaches the functions that listen. */
import type { CloudEvent } from './aws-fleet';
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

describe('SNS', () => {
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
    await publish('x'.repeat(3000), { Subject: 'Long' });
    const [{ detail } = { detail: {} }] = (await eventsOf('published')).filter(
      (event) => event.detail.topic === name,
    );
    expect(detail).toEqual({ topic: name, subject: 'Long', text: expect.stringMatching(/^x{2000}$/) });
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
