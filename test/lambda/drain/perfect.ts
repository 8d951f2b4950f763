/** Perfect settings, messages and answers of AWS, with deviations. */
import type { Departure, Member, Seen } from '../../../lambda/drain/core/types';
import type { Counts, Ports } from '../../../lambda/drain/ports';
import type { Settings } from '../../../lambda/drain/settings';

export const NOW = Date.parse('2026-11-21T12:00:00Z');
export const INSTANCE = 'i-0123456789abcdef0';
export const GROUP = 'muster-dev-linux';

export const settingsOf = (changes: Partial<Settings> = {}): Settings => ({
  environment: 'dev',
  document: 'muster-dev-drain',
  hook: 'muster-terminating',
  groups: {
    [GROUP]: { fleet: 'linux', logGroup: '/muster/dev/linux' },
    'muster-dev-other': { fleet: 'other', logGroup: '/muster/dev/other' },
  },
  ...changes,
});

type Fields = Record<string, unknown>;

/** What Auto Scaling publishes when an instance waits in the hook. */
export const bodyOf = (changes: Fields = {}): Fields => ({
  Origin: 'AutoScalingGroup',
  Destination: 'EC2',
  AccountId: '123456789012',
  Time: new Date(NOW).toISOString(),
  RequestId: '6ac5f1a8-0000-0000-0000-000000000000',
  LifecycleHookName: 'muster-terminating',
  AutoScalingGroupName: GROUP,
  Service: 'AWS Auto Scaling',
  EC2InstanceId: INSTANCE,
  LifecycleActionToken: '71514b9d-0000-0000-0000-000000000000',
  LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
  ...changes,
});

/** What it publishes when a hook is made. */
export const TEST_NOTIFICATION = {
  AccountId: '123456789012',
  RequestId: '6ac5f1a8-0000-0000-0000-000000000000',
  Event: 'autoscaling:TEST_NOTIFICATION',
  AutoScalingGroupName: GROUP,
  Service: 'AWS Auto Scaling',
  Time: new Date(NOW).toISOString(),
};

export const recordOf = (text: unknown, sns: Fields = {}): Fields => ({
  EventSource: 'aws:sns',
  EventVersion: '1.0',
  Sns: {
    Type: 'Notification',
    MessageId: '95df01b4-0000-0000-0000-000000000000',
    TopicArn: 'arn:aws:sns:eu-central-1:123456789012:muster-dev-terminating',
    Timestamp: new Date(NOW).toISOString(),
    Message: text,
    ...sns,
  },
});

/** One event of SNS with these messages. */
export const eventOf = (...bodies: unknown[]): Fields => ({
  Records: bodies.map((body) => recordOf(typeof body === 'string' ? body : JSON.stringify(body))),
});

export const noticeOf = (type: string, changes: Fields = {}): Fields => ({
  version: '0',
  'detail-type': type,
  source: 'aws.ec2',
  time: new Date(NOW).toISOString(),
  detail: { 'instance-id': INSTANCE, 'instance-action': 'terminate' },
  ...changes,
});
export const INTERRUPTION = noticeOf('EC2 Spot Instance Interruption Warning');
export const REBALANCE = noticeOf('EC2 Instance Rebalance Recommendation', {
  detail: { 'instance-id': INSTANCE },
});

type Terminating = Extract<Departure, { kind: 'terminating' }>;
export const terminatingOf = (changes: Partial<Terminating> = {}): Terminating => ({
  kind: 'terminating',
  instance: INSTANCE,
  group: GROUP,
  hook: 'muster-terminating',
  transition: 'autoscaling:EC2_INSTANCE_TERMINATING',
  at: NOW,
  ...changes,
});

export const memberOf = (changes: Partial<Member> = {}): Member => ({
  group: GROUP,
  state: 'Terminating:Wait',
  isProtected: false,
  ...changes,
});

export const seenOf = (changes: Partial<Seen> = {}): Seen => ({
  member: memberOf(),
  machine: 'running',
  ...changes,
});

export interface World {
  ports: Ports;
  /** Calls that change something, in order. */
  done: string[];
  lines: Record<string, unknown>[];
  counts: Counts[];
}

/** The instance waits in its hook, runs and answers at once. */
export function makeWorld(changes: Partial<Ports> = {}): World {
  const world: Omit<World, 'ports'> = { done: [], lines: [], counts: [] };
  const keep = (line: string, fields: Record<string, unknown>) => void world.lines.push({ line, ...fields });
  const given: Ports = {
    now: () => NOW + 1_000,
    readMember: async () => memberOf(),
    readMachine: async () => 'running',
    sendDrain: async () => ({ kind: 'started' }),
    readLife: async () => ({ kind: 'silent' }),
    completeHook: async () => 'completed',
    log: { info: keep, warn: keep },
    publishMetrics: (counts) => void world.counts.push(counts),
    ...changes,
  };
  const ports: Ports = {
    ...given,
    sendDrain: (instance) => {
      world.done.push(`send ${instance}`);
      return given.sendDrain(instance);
    },
    completeHook: (group, instance) => {
      world.done.push(`complete ${group} ${instance}`);
      return given.completeHook(group, instance);
    },
  };
  return { ports, ...world };
}
