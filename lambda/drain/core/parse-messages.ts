/** The messages in an event, whatever the event is: never throws. */
import type { Message } from './types';

type Fields = Record<string, unknown>;

/** Of Auto Scaling through SNS: a list of records. Of EventBridge: one event. */
export function parseMessages(event: unknown): Message[] {
  const { Records } = toFields(event);
  return Array.isArray(Records) ? Records.map(parseRecord) : [parseEvent(toFields(event))];
}

function parseRecord(record: unknown): Message {
  const { Message: text, Timestamp } = toFields(toFields(record).Sns);
  const message = toFields(parseJson(text));
  if (message.Event === 'autoscaling:TEST_NOTIFICATION')
    return { kind: 'other', reason: 'test-notification', detail: String(message.AutoScalingGroupName) };
  const { AutoScalingGroupName: group, LifecycleHookName: hook, LifecycleTransition: transition } = message;
  const instance = message.EC2InstanceId;
  if (!isInstance(instance) || !isText(group) || !isText(hook) || !isText(transition)) return unknown(text);
  return {
    kind: 'terminating',
    instance,
    group,
    hook,
    transition,
    ...toTime(message.Time, Timestamp),
  };
}

const NOTICES: Record<string, 'interruption' | 'rebalance'> = {
  'EC2 Spot Instance Interruption Warning': 'interruption',
  'EC2 Instance Rebalance Recommendation': 'rebalance',
};

function parseEvent(event: Fields): Message {
  const type = event['detail-type'];
  const notice = isText(type) && Object.hasOwn(NOTICES, type) ? NOTICES[type] : undefined;
  const instance = toFields(event.detail)['instance-id'];
  if (!notice || event.source !== 'aws.ec2' || !isInstance(instance)) return unknown(event);
  return { kind: 'notice', notice, instance, ...toTime(event.time) };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isInstance = (value: unknown): value is string => isText(value) && /^i-[0-9a-f]{1,17}$/.test(value);

const toFields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

/** The first that is a time. */
function toTime(...candidates: unknown[]): { at?: number } {
  const at = candidates
    .map((value) => (isText(value) ? Date.parse(value) : Number.NaN))
    .find((time) => !Number.isNaN(time));
  return at === undefined ? {} : { at };
}

const unknown = (seen: unknown): Message => ({
  kind: 'other',
  reason: 'unknown-message',
  detail: (typeof seen === 'string' ? seen : (JSON.stringify(seen) ?? String(seen))).slice(0, 300),
});
