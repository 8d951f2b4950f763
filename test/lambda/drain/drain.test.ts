import { createDrain } from '../../../lambda/drain/drain';
import {
  bodyOf,
  eventOf,
  GROUP,
  INSTANCE,
  INTERRUPTION,
  makeWorld,
  memberOf,
  NOW,
  settingsOf,
  TEST_NOTIFICATION,
} from './perfect';

const SEND = `send ${INSTANCE}`;
const COMPLETE = `complete ${GROUP} ${INSTANCE}`;
const LAST = () => NOW + 180_000;
const unanswered = async () => ({ kind: 'unanswered' as const, detail: 'InvalidInstanceId' });
const refuse = async () => {
  throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
};

/** What the Lambda did, said and counted, and whether AWS is to try again. */
async function run(changes: Parameters<typeof makeWorld>[0] = {}, event: unknown = eventOf(bodyOf())) {
  const { ports, ...world } = makeWorld(changes);
  const error = await createDrain(
    settingsOf(),
    ports,
  )(event).then(
    () => undefined,
    (thrown: Error) => thrown.message,
  );
  return { ...world, error, reasons: world.lines.map(({ reason }) => reason) };
}

test('an instance that waits in its hook is told, and the line says which', async () => {
  const { done, lines, counts, error } = await run();
  expect(done).toEqual([SEND]);
  expect(error).toBeUndefined();
  expect(lines).toEqual([
    {
      line: `${INSTANCE}: drain-started`,
      outcome: 'started',
      reason: 'drain-started',
      about: 'terminating',
      instance: INSTANCE,
      group: GROUP,
      fleet: 'linux',
      ageSeconds: 1,
    },
  ]);
  expect(counts).toEqual([{ DrainsStarted: 1 }]);
});

test('a spot instance that AWS wants back is told', async () => {
  const inService = async () => memberOf({ state: 'InService' });
  expect(await run({ readMember: inService }, INTERRUPTION)).toMatchObject({
    done: [SEND],
    reasons: ['drain-started'],
  });
});

test('a test notification asks AWS nothing', async () => {
  const readMember = jest.fn();
  const { error, reasons } = await run({ readMember }, eventOf(TEST_NOTIFICATION));
  expect({ error, reasons }).toEqual({ error: undefined, reasons: ['test-notification'] });
  expect(readMember).not.toHaveBeenCalled();
});

test('a machine that is gone is released at once', async () => {
  const { done, reasons, counts } = await run({ readMachine: async () => 'gone' });
  expect({ done, reasons, counts }).toEqual({
    done: [COMPLETE],
    reasons: ['instance-gone'],
    counts: [{ DrainsReleased: 1 }],
  });
});

test('one whose hook somebody else completed meanwhile is no failure', async () => {
  const world = { readMachine: async () => 'gone' as const, completeHook: async () => 'over' as const };
  expect(await run(world)).toMatchObject({ error: undefined, reasons: ['hook-over'], counts: [{}] });
});

test('one that does not answer is tried again by AWS, and not counted yet', async () => {
  const { done, error, reasons, counts } = await run({ sendDrain: unanswered });
  expect({ done, reasons, counts }).toEqual({ done: [SEND], reasons: ['unanswered'], counts: [{}] });
  expect(error).toContain('InvalidInstanceId');
});

test('one that does not answer at the last try and shows no life is released, and counted', async () => {
  const readMachine = async () => 'impaired' as const;
  const { done, error, reasons, counts } = await run({ sendDrain: unanswered, now: LAST, readMachine });
  expect({ done, error, reasons, counts }).toEqual({
    done: [SEND, COMPLETE],
    error: undefined,
    reasons: ['unreachable'],
    counts: [{ DrainsReleased: 1, DrainsUnanswered: 1 }],
  });
});

test('one that does not answer at the last try but shows life is left, and counted', async () => {
  const readLife = jest.fn(async () => ({ kind: 'alive' as const }));
  const { done, reasons, counts } = await run({ sendDrain: unanswered, now: LAST, readLife });
  expect({ done, reasons, counts }).toEqual({
    done: [SEND],
    reasons: ['alive-without-ssm'],
    counts: [{ DrainsUnanswered: 1 }],
  });
  expect(readLife).toHaveBeenCalledWith('/muster/dev/linux', INSTANCE, LAST() - 5 * 60_000);
});

test('one that passes the check of EC2 is left: its agent may reach the CI though nothing reaches AWS', async () => {
  const { done, reasons } = await run({ sendDrain: unanswered, now: LAST });
  expect({ done, reasons }).toEqual({ done: [SEND], reasons: ['alive-without-ssm'] });
});

test.each([
  ['readMember', {}],
  ['readMachine', {}],
  ['completeHook', { readMachine: async () => 'gone' as const }],
])('%s that AWS refuses is tried again', async (port, world) => {
  const { error, reasons } = await run({ ...world, [port]: refuse });
  expect(reasons).toEqual(['aws-failed']);
  expect(error).toContain('ThrottlingException');
});

test('a record that fails keeps no other from being done', async () => {
  const other = 'i-0aa';
  const readMember = async (instance: string) => (instance === other ? refuse() : memberOf());
  const event = eventOf('{', bodyOf({ EC2InstanceId: other }), bodyOf());
  const { done, error, reasons } = await run({ readMember }, event);
  expect({ done, reasons }).toEqual({
    done: [SEND],
    reasons: ['unknown-message', 'aws-failed', 'drain-started'],
  });
  expect(error).toContain(other);
  expect(error).not.toContain(INSTANCE);
});

test('a message that comes twice drains once more, which the instance takes for the same', async () => {
  const { done, error } = await run({}, eventOf(bodyOf(), bodyOf()));
  expect({ done, error }).toEqual({ done: [SEND, SEND], error: undefined });
});
