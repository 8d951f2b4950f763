/** Whatever comes and whatever AWS says: nothing that may run a job is released, and each message ends in one line. */
import fc from 'fast-check';
import { REASONS, toOutcome } from '../../../lambda/drain/core/reasons';
import type { Life, Sent } from '../../../lambda/drain/core/types';
import { createDrain } from '../../../lambda/drain/drain';
import {
  bodyOf,
  eventOf,
  GROUP,
  INTERRUPTION,
  makeWorld,
  NOW,
  REBALANCE,
  settingsOf,
  TEST_NOTIFICATION,
} from './perfect';

const STATES = [
  'Pending:Wait',
  'InService',
  'Standby',
  'Terminating',
  'Terminating:Wait',
  'Terminating:Proceed',
  'Warmed:Terminating:Wait',
  '',
];
const failing = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: 'throws' as const, freq: 8 });
const answer = async <T>(given: T | 'throws'): Promise<T> => {
  if (given === 'throws') throw new Error('AWS refuses');
  return given;
};

const aws = fc.record({
  member: failing(
    fc.option(
      fc.record({
        group: fc.constantFrom(GROUP, GROUP, GROUP, 'muster-dev-other', 'somebodys'),
        state: fc.constantFrom('Terminating:Wait', ...STATES),
        isProtected: fc.boolean(),
      }),
      { nil: undefined, freq: 8 },
    ),
  ),
  machine: failing(
    fc.constantFrom('running' as const, 'impaired' as const, 'impaired' as const, 'gone' as const),
  ),
  sent: fc.constantFrom<Sent>(
    { kind: 'started' },
    { kind: 'unanswered', detail: 'Pending' },
    { kind: 'failed', detail: 'Failed' },
  ),
  life: fc.constantFrom<Life>(
    { kind: 'alive' },
    { kind: 'silent' },
    { kind: 'unknown', detail: 'throttled' },
  ),
  complete: failing(fc.constantFrom('completed' as const, 'over' as const)),
  ageSeconds: fc.constantFrom(-60, 0, 60, 149, 150, 180, 7200),
});

const body = fc.oneof(
  { weight: 5, arbitrary: fc.constant<unknown>(bodyOf()) },
  { weight: 1, arbitrary: fc.constant<unknown>(bodyOf({ Time: undefined })) },
  { weight: 1, arbitrary: fc.constant<unknown>(TEST_NOTIFICATION) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom(...Object.keys(bodyOf())), fc.jsonValue()) },
);
const event = fc.oneof(
  { weight: 4, arbitrary: fc.array(body, { maxLength: 3 }).map((bodies) => eventOf(...bodies)) },
  { weight: 1, arbitrary: fc.constantFrom(INTERRUPTION, REBALANCE) },
  { weight: 1, arbitrary: fc.anything() },
);

type Given = typeof aws extends fc.Arbitrary<infer Value> ? Value : never;

async function run(given: Given, happens: unknown) {
  const world = makeWorld({
    now: () => NOW + given.ageSeconds * 1000,
    readMember: () => answer(given.member),
    readMachine: () => answer(given.machine),
    sendDrain: async () => given.sent,
    readLife: async () => given.life,
    completeHook: () => answer(given.complete),
  });
  const failed = await createDrain(
    settingsOf(),
    world.ports,
  )(happens).then(
    () => false,
    () => true,
  );
  return { ...world, failed };
}

const released = ({ done }: { done: string[] }) => done.some((each) => each.startsWith('complete'));

test('an instance that runs is released only when it is known to be silent and impaired and to have no job', async () => {
  await fc.assert(
    fc.asyncProperty(aws, event, async (given, happens) => {
      const result = await run(given, happens);
      if (!released(result) || given.machine === 'gone') return;
      const { member, machine, life, sent } = given;
      const isProtected = member === 'throws' ? undefined : member?.isProtected;
      expect([isProtected, machine, life.kind, sent.kind]).toEqual([
        false,
        'impaired',
        'silent',
        'unanswered',
      ]);
    }),
    { numRuns: 2000 },
  );
});

test('only an instance that waits in its hook is released', async () => {
  await fc.assert(
    fc.asyncProperty(aws, event, async (given, happens) => {
      const result = await run(given, happens);
      if (!released(result)) return;
      const { member } = given;
      expect(member === 'throws' ? '' : member?.state).toMatch(/^(Warmed:)?Terminating(:Wait)?$/);
    }),
    { numRuns: 2000 },
  );
});

test('each message ends in one known reason, and AWS tries again exactly when one has to be', async () => {
  await fc.assert(
    fc.asyncProperty(aws, event, async (given, happens) => {
      const { lines, failed } = await run(given, happens);
      const { Records } = (happens ?? {}) as { Records?: unknown };
      expect(lines).toHaveLength(Array.isArray(Records) ? Records.length : 1);
      const reasons = lines.map(({ reason }) => reason as keyof typeof REASONS);
      for (const reason of reasons) expect(Object.keys(REASONS)).toContain(reason);
      expect(failed).toBe(reasons.some((reason) => toOutcome(reason) === 'again'));
    }),
    { numRuns: 2000 },
  );
});
