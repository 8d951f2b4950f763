import fc from 'fast-check';
import { chooseManagers, type Manager } from '../../../lambda/housekeeper/core/choose-managers';
import { toSystemId } from './to-system-id';

const NOW = Date.parse('2026-11-21T05:00:00Z');
const MINUTE = 60_000;
const INSTANCE = 'i-0123456789abcdef0';

/** Perfect to be removed: of ours, old, and not heard of for long. */
const managerOf = (changes: Partial<Manager> = {}): Manager => ({
  systemId: toSystemId(INSTANCE),
  createdAt: NOW - 300 * MINUTE,
  contactedAt: NOW - 240 * MINUTE,
  ...changes,
});
const judge = (manager: Manager, states: Record<string, string> = {}) =>
  chooseManagers({ managers: [manager], instances: new Map(Object.entries(states)), now: NOW })[0]?.verdict;

test('one whose instance is terminated goes at once', () => {
  expect(judge(managerOf({ contactedAt: NOW - MINUTE }), { [INSTANCE]: 'terminated' })).toBe('gone');
});

test.each(['pending', 'running', 'shutting-down', 'stopping', 'stopped', 'unknown'])(
  'one whose instance is %s stays',
  (state) => expect(judge(managerOf(), { [INSTANCE]: state })).toBe('alive'),
);

test('one that has just registered stays, whatever is said of its instance', () => {
  expect(judge(managerOf({ createdAt: NOW - 9 * MINUTE }), { [INSTANCE]: 'terminated' })).toBe('young');
});

test('one whose instance nobody knows stays as long as GitLab hears of it: it may be of another account', () => {
  expect(judge(managerOf({ contactedAt: NOW - 119 * MINUTE }))).toBe('not-seen');
  expect(judge(managerOf({ contactedAt: NOW - 120 * MINUTE }))).toBe('gone');
});

test('one that never made contact counts from when it was made', () => {
  const { contactedAt: _, ...silent } = managerOf({ createdAt: NOW - 119 * MINUTE });
  expect(judge(silent)).toBe('not-seen');
});

test('a foreign one stays', () => {
  expect(judge(managerOf({ systemId: 's_0123456789ab' }))).toBe('foreign');
});

test('whatever the list, only ours that are old and whose instance is not alive go', () => {
  const hex = fc.stringMatching(/^[0-9a-f]{17}$/);
  const manager = fc.record({
    systemId: fc.oneof(
      hex.map((id) => toSystemId(`i-${id}`)),
      fc.stringMatching(/^[sr]_[0-9a-f]{12}$/),
    ),
    createdAt: fc.integer({ min: NOW - 500 * MINUTE, max: NOW }),
  });
  fc.assert(
    fc.property(fc.array(manager), fc.constantFrom('running', 'stopped', 'terminated'), (managers, state) => {
      const ids = chooseManagers({ managers, instances: new Map(), now: NOW }).flatMap(
        ({ instanceId }) => instanceId ?? [],
      );
      const instances = new Map(ids.map((id, nth) => [id, nth % 2 ? state : 'running']));
      for (const {
        manager: { createdAt },
        instanceId,
        verdict,
      } of chooseManagers({ managers, instances, now: NOW })) {
        if (verdict !== 'gone') continue;
        expect(createdAt).toBeLessThanOrEqual(NOW - 10 * MINUTE);
        expect(instances.get(instanceId ?? '')).toBe('terminated');
      }
    }),
  );
});
