/** A group without chance, whose instances do nothing of their own. */
import { Agenda } from '../../simulate/agenda';
import { type Behaviour, type End, Group, type GroupPlan } from '../../simulate/group';
import { createRandom } from '../../simulate/random';
import { PERFECT_WORLD, type World } from '../../simulate/world';

const PLAN: GroupPlan = {
  name: 'linux',
  max: 10,
  price: { onDemand: 0.1, spot: 0.04 },
  stopped: 0,
  spotPercent: 0,
};
/** A launch begins after a second, and takes forty. */
const WORLD: World = {
  ...PERFECT_WORLD,
  begin: [1, 1],
  boot: { median: 40, p95: 40 },
  resume: { median: 10, p95: 10 },
  relaunch: [20, 20],
};
/** Until what is desired is in service, seconds. */
export const READY = 41;

export interface Deviation {
  plan?: Partial<GroupPlan>;
  world?: Partial<World>;
  drain?: Behaviour['drain'];
  seed?: number;
}

export function makeGroup({ plan, world, drain = () => 'hook', seed = 1 }: Deviation = {}) {
  const agenda = new Agenda(0);
  const ended: { id: string; why: End }[] = [];
  const behaviour: Behaviour = {
    begin: () => {},
    drain,
    end: ({ id }, why) => ended.push({ id, why }),
  };
  const group = new Group(
    { ...PLAN, ...plan },
    agenda,
    { ...WORLD, ...world },
    createRandom(seed, 'group'),
    behaviour,
  );
  return {
    group,
    ended,
    /** Lets so many seconds pass. */
    pass: (seconds: number) => agenda.runUntil(agenda.now + seconds * 1000),
    all: () => [...group.members.values()],
  };
}

/** A group whose instances are all in service. */
export function makeFull(count: number, deviation: Deviation = {}) {
  const made = makeGroup(deviation);
  made.group.setDesired(count);
  made.pass(READY);
  return made;
}
