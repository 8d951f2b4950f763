import { decide, type Situation } from '../../../../lambda/scaler/core/decide';
import type { Decision } from '../../../../lambda/scaler/core/types';
import { capacityOf, ids, NOW, settingsOf, sightOf, situationOf, WORKING_HOURS } from '../perfect';

const SUNDAY = Date.parse('2026-11-22T12:00:00Z');
const BEFORE_OPENING = Date.parse('2026-11-18T07:56:00Z');
const at = (queued: number, running: number) => ({ kind: 'known' as const, queued, running });
const closedOn = (now: number, desired: number) => ({
  now,
  settings: settingsOf({ hours: WORKING_HOURS, warm: 2 }),
  capacity: capacityOf({ desired, inService: ids(desired) }),
});

const cases: [rule: string, given: Partial<Situation>, expected: Partial<Decision> & { to?: number }][] = [
  ['a waiting job brings an instance', {}, { kind: 'grow', to: 1, reason: 'queue' }],
  ['an empty queue and an empty fleet are idle', { demand: at(0, 0) }, { kind: 'hold', reason: 'idle' }],
  [
    'a booting instance counts, for it is in desired',
    { capacity: capacityOf({ pending: ids(1) }) },
    { kind: 'hold', reason: 'enough' },
  ],
  [
    'running jobs count: a claimed job does not shrink what waits',
    { demand: at(2, 3), capacity: capacityOf({ inService: ids(3) }) },
    { kind: 'grow', to: 5, reason: 'queue' },
  ],
  [
    'jobs that run elsewhere are not paid for',
    { demand: at(1, 50), capacity: capacityOf({ inService: ids(2) }) },
    { kind: 'grow', to: 3 },
  ],
  [
    'more than wanted is never taken away',
    { demand: at(0, 0), capacity: capacityOf({ inService: ids(5) }) },
    { kind: 'hold', reason: 'enough' },
  ],
  [
    'warm instances come on top of the queue',
    { settings: settingsOf({ warm: 3 }) },
    { kind: 'grow', to: 4, reason: 'queue' },
  ],
  [
    'warm capacity is launched without a job',
    { demand: at(0, 0), settings: settingsOf({ warm: 3 }) },
    { kind: 'grow', to: 3, reason: 'warm' },
  ],
  [
    'slots are filled before another instance comes',
    { demand: at(9, 0), settings: settingsOf({ slots: 4 }) },
    { kind: 'grow', to: 3 },
  ],
  [
    'surge limits what one poll adds',
    { demand: at(9, 0), settings: settingsOf({ surge: 2 }), capacity: capacityOf({ pending: ids(3) }) },
    { kind: 'grow', to: 5, reason: 'surge' },
  ],
  [
    'max limits growth',
    { demand: at(9, 0), settings: settingsOf({ max: 4 }) },
    { kind: 'grow', to: 4, reason: 'at-max' },
  ],
  [
    'at its max a fleet holds and says so',
    { demand: at(9, 4), settings: settingsOf({ max: 4 }), capacity: capacityOf({ inService: ids(4) }) },
    { kind: 'hold', reason: 'at-max' },
  ],
  [
    "the group's own MaxSize limits growth when it is lower",
    { demand: at(9, 0), capacity: capacityOf({ max: 3 }) },
    { kind: 'grow', to: 3, reason: 'at-group-max' },
  ],
  [
    'a fleet above its max is left alone',
    { demand: at(9, 0), settings: settingsOf({ max: 2 }), capacity: capacityOf({ pending: ids(5) }) },
    { kind: 'hold', reason: 'at-max' },
  ],
  [
    "the account's concurrency limits growth",
    { demand: at(9, 0), share: 2 },
    { to: 2, reason: 'at-concurrency' },
  ],
  [
    'jobs that stay queued beside an instance that does not take them bring another',
    {
      capacity: capacityOf({ inService: ids(1) }),
      memory: {
        sight: sightOf({ inService: ids(1), stuck: { since: NOW - 10_000, inService: 1, queued: 1 } }),
      },
    },
    { kind: 'grow', to: 2, reason: 'stayed-queued' },
  ],
  [
    'one poll with a queued job beside an idle instance says nothing yet',
    { capacity: capacityOf({ inService: ids(1) }) },
    { kind: 'hold', reason: 'enough' },
  ],
  [
    'what stayed queued is the least of the polls',
    {
      demand: at(5, 0),
      capacity: capacityOf({ inService: ids(6) }),
      memory: {
        sight: sightOf({ inService: ids(6), stuck: { since: NOW - 10_000, inService: 4, queued: 3 } }),
      },
    },
    { kind: 'grow', to: 7, reason: 'stayed-queued' },
  ],
  [
    'a job that was claimed ends the suspicion',
    {
      demand: at(1, 1),
      capacity: capacityOf({ inService: ids(2) }),
      memory: {
        sight: sightOf({ inService: ids(2), stuck: { since: NOW - 10_000, inService: 2, queued: 1 } }),
      },
    },
    { kind: 'hold', reason: 'enough' },
  ],
  [
    'polls more than five minutes apart say nothing together',
    {
      capacity: capacityOf({ inService: ids(1) }),
      memory: {
        sight: sightOf({ at: NOW - 301_000, stuck: { since: NOW - 330_000, inService: 1, queued: 1 } }),
      },
    },
    { kind: 'hold', reason: 'enough' },
  ],
  [
    'an unknown demand changes nothing',
    { demand: { kind: 'unknown', problem: 'server-error', detail: '' }, settings: settingsOf({ warm: 5 }) },
    { kind: 'hold', reason: 'demand-unknown' },
  ],
  [
    'at least so many jobs are enough to grow',
    { demand: { ...at(3, 0), kind: 'partial', problem: 'project-missing', detail: '' } },
    { kind: 'grow', to: 3, reason: 'queue' },
  ],
  [
    'an empty part of a queue says nothing of the whole',
    { demand: { ...at(0, 0), kind: 'partial', problem: 'project-missing', detail: '' } },
    { kind: 'hold', reason: 'demand-unknown' },
  ],
  [
    'an unknown capacity changes nothing',
    { capacity: { kind: 'unknown', problem: 'throttled', detail: '' } },
    { kind: 'hold', reason: 'capacity-unknown' },
  ],
  [
    'an unknown capacity does not close',
    { ...closedOn(SUNDAY, 3), capacity: { kind: 'unknown', problem: 'throttled', detail: '' } },
    { kind: 'hold', reason: 'capacity-unknown' },
  ],
  [
    'a suspended process holds growth',
    { capacity: capacityOf({ suspended: ['AZRebalance', 'Launch'] }) },
    { kind: 'hold', reason: 'suspended' },
  ],
  ['a closed fleet does not grow', closedOn(SUNDAY, 0), { kind: 'hold', reason: 'closed' }],
  [
    'a closed fleet that was raised is closed again',
    closedOn(SUNDAY, 3),
    { kind: 'close', to: 0, reason: 'closed' },
  ],
  [
    'closing needs no answer of the CI',
    { ...closedOn(SUNDAY, 3), demand: { kind: 'unknown', problem: 'timeout', detail: '' } },
    { kind: 'close', to: 0, reason: 'closed' },
  ],
  [
    "closing stops at the group's Min, below which AWS refuses",
    { ...closedOn(SUNDAY, 3), capacity: capacityOf({ desired: 3, min: 3 }) },
    { kind: 'hold', reason: 'closed' },
  ],
  [
    'what the opening action launched is not closed again',
    closedOn(BEFORE_OPENING, 2),
    { kind: 'hold', reason: 'opening' },
  ],
  [
    'a suspended group is closed all the same',
    {
      ...closedOn(SUNDAY, 3),
      capacity: capacityOf({ desired: 3, suspended: ['Launch'] }),
    },
    { kind: 'close', to: 0, reason: 'closed' },
  ],
  [
    'outside hours an on-demand fleet runs jobs',
    { now: SUNDAY, settings: settingsOf({ hours: { ...WORKING_HOURS, outside: 'on-demand' }, warm: 4 }) },
    { kind: 'grow', to: 1, reason: 'queue' },
  ],
  [
    'outside hours an on-demand fleet is not kept warm',
    {
      now: SUNDAY,
      demand: at(0, 0),
      settings: settingsOf({ hours: { ...WORKING_HOURS, outside: 'on-demand' }, warm: 4 }),
    },
    { kind: 'hold', reason: 'idle' },
  ],
];

test.each(cases)('%s', (_rule, given, expected) => {
  expect(decide(situationOf(given)).decision).toMatchObject(expected);
});

test('asking again with the same situation answers the same', () => {
  const situation = situationOf({ demand: at(7, 2), capacity: capacityOf({ inService: ids(3) }) });
  expect(decide(situation)).toEqual(decide(situation));
});

test('an unknown demand leaves the memory as it was', () => {
  const memory = { sight: sightOf(), launch: { tries: 1, until: NOW + 1, since: NOW - 1 } };
  const demand = { kind: 'unknown' as const, problem: 'timeout' as const, detail: '' };
  expect(decide(situationOf({ demand, memory })).memory).toEqual(memory);
});
