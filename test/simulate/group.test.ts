/** Whom Auto Scaling begins, ends and replaces. */
import type { Instance } from '../../simulate/instance';
import { makeFull, makeGroup, READY } from './make-group';

const first = (instances: Instance[]): Instance => {
  const [instance] = instances;
  if (!instance) throw new Error('there is no instance');
  return instance;
};

describe('a group', () => {
  it('begins what is desired, which is in service after its boot', () => {
    const { group, pass } = makeGroup();
    group.setDesired(3);
    pass(0.9);
    expect(group.counts()).toMatchObject({ pending: 0, inService: 0 });
    pass(0.2);
    expect(group.counts()).toMatchObject({ pending: 3, inService: 0 });
    pass(40);
    expect(group.counts()).toMatchObject({ pending: 0, inService: 3 });
  });

  it.each([11, -1])('refuses %d where ten is the maximum, and stays as it is', (desired) => {
    const { group, pass } = makeFull(4);
    group.setDesired(desired);
    pass(100);
    expect([group.desired, group.active]).toEqual([4, 4]);
  });

  it('takes the maximum', () => {
    const { group } = makeFull(10);
    expect([group.desired, group.active]).toEqual([10, 10]);
  });

  it.each([1, 2, 3, 4, 5])('ends nobody who is protected, whomever it chooses (seed %d)', (seed) => {
    const { group, all, pass } = makeFull(10, { seed });
    const kept = all().filter((_, index) => index % 2 === 0);
    for (const instance of kept) instance.isProtected = true;
    group.setDesired(3);
    pass(10);
    expect(group.counts()).toMatchObject({ inService: 5, draining: 5 });
    expect(kept.every(({ state }) => state === 'inService')).toBe(true);
  });

  it('ends none where all are protected', () => {
    const { group, all, pass } = makeFull(3);
    for (const instance of all()) instance.isProtected = true;
    group.setDesired(0);
    pass(3600);
    expect(group.counts()).toMatchObject({ inService: 3, draining: 0 });
  });

  it('ends it when its protection is lifted, as long as there are more than desired', () => {
    const { group, all, pass } = makeFull(3);
    for (const instance of all()) group.protect(instance, true);
    group.setDesired(2);
    pass(3600);
    for (const instance of all()) group.protect(instance, false);
    pass(3);
    expect(group.counts()).toMatchObject({ inService: 2, draining: 1 });
  });

  it('gives up an instance that still boots', () => {
    const { group, ended, pass } = makeGroup();
    group.setDesired(1);
    pass(20);
    group.setDesired(0);
    pass(2);
    expect([group.active, ended]).toEqual([0, [{ id: expect.any(String), why: 'abandoned' }]]);
  });

  it('holds whom it ends at the hook, until the instance counts itself out', () => {
    const { group, all, ended, pass } = makeFull(1);
    group.setDesired(0);
    pass(3600);
    expect([group.counts().draining, ended]).toEqual([1, []]);
    group.countOut(first(all()));
    pass(100);
    expect([group.members.size, group.desired, ended.map(({ why }) => why)]).toEqual([0, 0, ['left']]);
  });

  it('ends at once where nobody made a hook', () => {
    const { group, ended, pass } = makeFull(2, { drain: () => 'kill' });
    group.setDesired(0);
    pass(2);
    expect(ended.map(({ why }) => why)).toEqual(['killed', 'killed']);
    expect(group.members.size).toBe(0);
  });

  it('wants one fewer when an instance counts itself out, and launches none for it', () => {
    const { group, all, pass } = makeFull(3);
    group.countOut(first(all()));
    pass(1000);
    expect([group.desired, group.active, group.bill.instances]).toEqual([2, 2, 1]);
  });

  it('counts nobody out twice, and none below nothing', () => {
    const { group, all, pass } = makeFull(2);
    const instance = first(all());
    group.countOut(instance);
    group.countOut(instance);
    expect(group.desired).toBe(1);
    group.setDesired(0);
    group.countOut(first(all()));
    pass(100);
    expect([group.desired, group.active]).toEqual([0, 0]);
  });

  it('replaces an instance that crashed', () => {
    const { group, all, pass } = makeFull(3);
    const crashed = first(all());
    group.end(crashed, 'crashed');
    expect([group.desired, group.active]).toEqual([3, 2]);
    pass(READY);
    expect(group.counts()).toMatchObject({ inService: 3 });
    expect(all()).not.toContain(crashed);
  });

  it('replaces an instance that it refreshes, while that one goes', () => {
    const { group, all, pass } = makeFull(1);
    group.terminate(first(all()));
    pass(READY);
    expect([group.desired, group.counts()]).toEqual([1, { pending: 0, inService: 1, draining: 1 }]);
  });

  it('begins one decision, not two, when desired changes twice at once', () => {
    const { group, pass } = makeGroup();
    group.setDesired(5);
    group.setDesired(2);
    pass(READY);
    expect([group.active, group.desired]).toEqual([2, 2]);
  });
});
