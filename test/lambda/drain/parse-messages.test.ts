import { parseMessages } from '../../../lambda/drain/core/parse-messages';
import {
  bodyOf,
  eventOf,
  GROUP,
  INSTANCE,
  INTERRUPTION,
  NOW,
  noticeOf,
  REBALANCE,
  recordOf,
  TEST_NOTIFICATION,
  terminatingOf,
} from './perfect';

test('an instance that waits in its hook', () => {
  expect(parseMessages(eventOf(bodyOf()))).toEqual([terminatingOf()]);
});

test('a stopped instance of a warm pool that is to go, too', () => {
  expect(parseMessages(eventOf(bodyOf({ Origin: 'WarmPool' })))).toEqual([terminatingOf()]);
});

test('a test notification', () => {
  expect(parseMessages(eventOf(TEST_NOTIFICATION))).toEqual([
    { kind: 'other', reason: 'test-notification', detail: GROUP },
  ]);
});

test.each([
  ['interruption', INTERRUPTION],
  ['rebalance', REBALANCE],
])('a notice of spot capacity: %s', (notice, event) => {
  expect(parseMessages(event)).toEqual([{ kind: 'notice', notice, instance: INSTANCE, at: NOW }]);
});

test('each record of an event by itself', () => {
  expect(parseMessages(eventOf('{', bodyOf())).map(({ kind }) => kind)).toEqual(['other', 'terminating']);
});

test('without a time of its own, a message is as old as its delivery says', () => {
  const [message] = parseMessages(eventOf(bodyOf({ Time: 'soon' })));
  expect(message).toMatchObject({ at: NOW });
});

test('without any time, a message has no age', () => {
  const event = { Records: [recordOf(JSON.stringify(bodyOf({ Time: undefined })), { Timestamp: null })] };
  expect(parseMessages(event)).toEqual([expect.not.objectContaining({ at: expect.anything() })]);
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'drain'],
  ['an empty object', {}],
  ['a record that is none', { Records: [7] }],
  ['a message that is no JSON', eventOf('soon')],
  ['a message that is no object', eventOf('7')],
  ['an instance that cannot be one', eventOf(bodyOf({ EC2InstanceId: '../i-1' }))],
  ['no instance', eventOf(bodyOf({ EC2InstanceId: undefined }))],
  ['no group', eventOf(bodyOf({ AutoScalingGroupName: '' }))],
  ['no transition', eventOf(bodyOf({ LifecycleTransition: 7 }))],
  ['another event of EC2', noticeOf('EC2 Instance State-change Notification')],
  ['an event that anybody could send', { ...INTERRUPTION, source: 'acme.chaos' }],
  ['a notice without an instance', { ...INTERRUPTION, detail: null }],
  ['a name that every object has', noticeOf('constructor')],
])('%s is told as unknown', (_, event) => {
  expect(parseMessages(event)).toEqual([expect.objectContaining({ reason: 'unknown-message' })]);
});

test('an event without records has no message', () => {
  expect(parseMessages({ Records: [] })).toEqual([]);
});
