import fc from 'fast-check';
import { Agenda } from '../../simulate/agenda';

/** Something that happens, and what it puts on the agenda when it does, relative to then. */
interface Plan {
  after: number;
  leadsTo: readonly Plan[];
}

const planOf = (leadsTo: fc.Arbitrary<Plan[]>): fc.Arbitrary<Plan> =>
  // Few moments, so that many things happen at the same one; and some that are past.
  fc.record({ after: fc.integer({ min: -3, max: 8 }), leadsTo });
const leaf = planOf(fc.constant([]));
const branch = planOf(fc.array(leaf, { maxLength: 4 }));
const plans = planOf(fc.array(branch, { maxLength: 4 }));

test('what happens is in order of time, and of entry at the same time, whatever it leads to', () => {
  fc.assert(
    fc.property(fc.array(plans, { maxLength: 40 }), (first) => {
      const agenda = new Agenda(0);
      let entered = 0;
      const happened: { at: number; planned: number; order: number }[] = [];
      const enter = ({ after, leadsTo }: Plan) => {
        const planned = Math.max(agenda.now, agenda.now + after);
        entered += 1;
        const order = entered;
        agenda.at(agenda.now + after, () => {
          happened.push({ at: agenda.now, planned, order });
          leadsTo.forEach(enter);
        });
      };
      first.forEach(enter);
      agenda.runUntil(1000);
      expect(happened).toHaveLength(entered);
      expect(happened.every(({ at, planned }) => at === planned)).toBe(true);
      const inOrder = [...happened].sort((one, other) => one.at - other.at || one.order - other.order);
      expect(happened).toEqual(inOrder);
    }),
  );
});

test('it stops at the end that is given, and goes on from there', () => {
  const agenda = new Agenda(0);
  const happened: string[] = [];
  agenda.at(1000, () => happened.push('at its end'));
  agenda.at(1001, () => happened.push('after it'));
  agenda.runUntil(1000);
  expect([happened, agenda.now]).toEqual([['at its end'], 1000]);
  agenda.runUntil(5000);
  expect([happened, agenda.now]).toEqual([['at its end', 'after it'], 5000]);
});

test('what happens leads to more within the same run, up to its end', () => {
  const agenda = new Agenda(0);
  let count = 0;
  const tick = () => {
    count += 1;
    agenda.in(1, tick);
  };
  agenda.in(1, tick);
  agenda.runUntil(10_000);
  expect(count).toBe(10);
});

test('what is past happens now, after what was there already', () => {
  const agenda = new Agenda(5000);
  const happened: [string, number][] = [];
  agenda.at(5000, () => happened.push(['now', agenda.now]));
  agenda.at(1000, () => happened.push(['past', agenda.now]));
  agenda.runUntil(5000);
  expect(happened).toEqual([
    ['now', 5000],
    ['past', 5000],
  ]);
});

test('time does not go back', () => {
  const agenda = new Agenda(5000);
  agenda.runUntil(1000);
  expect(agenda.now).toBe(5000);
});
