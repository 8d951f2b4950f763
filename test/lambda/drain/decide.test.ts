import { isLastTry, judge, screen, settle } from '../../../lambda/drain/core/decide';
import { GROUP, memberOf, NOW, seenOf, settingsOf, terminatingOf } from './perfect';

const settings = settingsOf();
const notice = (kind: 'interruption' | 'rebalance') =>
  ({ kind: 'notice', notice: kind, instance: 'i-1', at: NOW }) as const;

describe('before anything is asked', () => {
  test('an instance of ours is followed', () => {
    expect(screen(terminatingOf(), settings)).toBeUndefined();
  });

  test.each([
    ['other-group', terminatingOf({ group: 'muster-prd-linux' })],
    ['other-group', terminatingOf({ group: 'constructor' })],
    ['other-hook', terminatingOf({ hook: 'somebodys' })],
    ['other-hook', terminatingOf({ transition: 'autoscaling:EC2_INSTANCE_LAUNCHING' })],
    ['test-notification', { kind: 'other', reason: 'test-notification', detail: '' }],
  ] as const)('%s', (reason, message) => {
    expect(screen(message, settings)).toMatchObject({ do: 'end', reason });
  });
});

describe('an instance that is to go', () => {
  test.each(['running', 'impaired'] as const)('is told: %s', (machine) => {
    expect(judge(terminatingOf(), seenOf({ machine }), settings)).toEqual({ do: 'send' });
  });

  test.each([
    ['not-in-group', undefined],
    ['not-in-group', memberOf({ group: 'muster-dev-other' })],
    ['not-waiting', memberOf({ state: 'Terminating:Proceed' })],
    ['not-waiting', memberOf({ state: 'InService' })],
    ['not-waiting', memberOf({ state: 'Standby' })],
  ])('%s', (reason, member) => {
    expect(judge(terminatingOf(), seenOf({ member }), settings)).toMatchObject({ do: 'end', reason });
  });

  test.each(['Terminating:Wait', 'Warmed:Terminating:Wait'])('is released when it is gone: %s', (state) => {
    const seen = seenOf({ member: memberOf({ state }), machine: 'gone' });
    expect(judge(terminatingOf(), seen, settings)).toEqual({
      do: 'release',
      reason: 'instance-gone',
      group: GROUP,
    });
  });
});

describe('a spot instance that AWS wants back', () => {
  test.each(['InService', 'Pending:Wait', 'Terminating:Wait'])('is told, whatever it does: %s', (state) => {
    const seen = seenOf({ member: memberOf({ state }) });
    expect(judge(notice('interruption'), seen, settings)).toEqual({ do: 'send' });
  });

  test.each([undefined, memberOf({ group: 'somebodys' })])('is not ours: %j', (member) => {
    expect(judge(notice('interruption'), seenOf({ member }), settings)).toMatchObject({
      reason: 'other-group',
    });
  });

  test('is left to the message of its hook when it is gone', () => {
    expect(judge(notice('interruption'), seenOf({ machine: 'gone' }), settings)).toMatchObject({
      reason: 'not-waiting',
    });
  });

  test('stays when an operator holds it and AWS only advises', () => {
    const seen = seenOf({ member: memberOf({ state: 'Standby' }) });
    expect(judge(notice('rebalance'), seen, settings)).toMatchObject({ reason: 'held' });
    expect(judge(notice('interruption'), seen, settings)).toEqual({ do: 'send' });
  });
});

describe('the last try', () => {
  const unanswered = { kind: 'unanswered', detail: 'InvalidInstanceId' } as const;
  const silent = { kind: 'silent' } as const;
  const last = (changes: Parameters<typeof seenOf>[0] = {}, life: Parameters<typeof settle>[3] = silent) =>
    settle(terminatingOf(), seenOf({ machine: 'impaired', ...changes }), unanswered, life);

  test.each([
    [0, false],
    // After the first pause of AWS.
    [60, false],
    // After the second.
    [180, true],
    // Delivered late.
    [7200, true],
  ])('after %d s: %s', (seconds, expected) => {
    expect(isLastTry(terminatingOf(), NOW + seconds * 1000)).toBe(expected);
  });

  test('never comes for a message without a time', () => {
    const { at: _, ...message } = terminatingOf();
    expect(isLastTry(message, NOW)).toBe(false);
  });

  test("releases an instance of which nothing is heard and that fails EC2's check", () => {
    expect(last()).toEqual({ do: 'release', reason: 'unreachable', group: GROUP });
  });

  test.each([
    ['a line in its journal', {}, { kind: 'alive' } as const],
    ['a job, so it is protected', { member: memberOf({ isProtected: true }) }, silent],
    ["a network, by EC2's check", { machine: 'running' as const }, silent],
  ])('leaves an instance that has %s', (_, changes, life) => {
    expect(last(changes, life)).toMatchObject({ do: 'end', reason: 'alive-without-ssm' });
  });

  test('leaves an instance whose journal cannot be read', () => {
    expect(last({}, { kind: 'unknown', detail: 'throttled' })).toMatchObject({
      reason: 'life-unknown',
      detail: expect.stringContaining('throttled'),
    });
  });

  test('leaves an instance that answered but could not drain', () => {
    const failed = { kind: 'failed', detail: 'exit status 1' } as const;
    expect(settle(terminatingOf(), seenOf(), failed, silent)).toMatchObject({ reason: 'drain-failed' });
  });

  test('has nothing to release for a notice', () => {
    expect(settle(notice('rebalance'), seenOf(), unanswered, silent)).toMatchObject({
      reason: 'notice-unanswered',
    });
  });
});
