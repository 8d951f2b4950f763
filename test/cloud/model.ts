/** A small trace on a fleet of its own: the model of docs/simulate.md plays it as well, and has to come to the same. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toPlan } from '../../scripts/simulate/to-plan';
import { compareRuns } from '../simulate/compare-runs';
import { play } from '../simulate/play';
import { toMeasured } from '../simulate/recorded';
import { until, untilEmpty, untilEnded, untilRunning } from './waits';
import type { World } from './world';

const FLEET = 'modelled';
/** Nobody pays for this fleet. */
const PRICE = 0.1;
/**
 * Claims and leaves in seconds; beside the boots of six other stories they take 2 and 7, alone less than one. A job that
 * is claimed later than that may count as one that nobody takes. Looks that are lost: a read gets no answer in time while
 * many machines boot.
 */
const MOST = { claim: 10, leave: 30, lost: 3 };

/** The scaler has looked since, and nothing waits or is there. */
const untilIdle = (world: World) =>
  until(
    `the scaler says that ${FLEET} is idle`,
    () => world.decisions(FLEET),
    (decisions) => decisions.at(-1)?.reason === 'idle',
    60,
  );

/** The first minute of a process begins late, by the time that the process takes: its looks are not where they are to be. */
async function untilNextMinute(world: World): Promise<void> {
  const { length } = await world.minutes();
  await until('the scaler is called', world.minutes, (minutes) => minutes.length > length, 70);
}

/**
 * One job; two more while it runs, of which the fleet's maximum lets one come at a time; two at once when all have gone.
 * What would make another decision on a slow machine is far apart: the first job lasts until both others have been let
 * in, each boot a minute; and once it runs an agent that takes its time finds a fleet that may not grow any more.
 */
async function tell(world: World): Promise<void> {
  await untilNextMinute(world);
  await untilIdle(world);
  await world.enqueue(FLEET, [{ name: 'first', seconds: 110 }]);
  await untilRunning(world, FLEET);
  await world.enqueue(
    FLEET,
    ['second', 'third'].map((name) => ({ name, seconds: 8 })),
  );
  await untilEnded(world, FLEET, 'succeeded', 240);
  await untilEmpty(world, FLEET);
  await untilIdle(world);
  await world.enqueue(
    FLEET,
    ['fourth', 'fifth'].map((name) => ({ name, seconds: 5 })),
  );
  await untilEnded(world, FLEET, 'succeeded', 240);
  await untilEmpty(world, FLEET);
}

export const modelStories: Record<string, (world: World) => Promise<void>> = {
  'the model decides as the deployed scaler does, and counts the same instances within one poll': async (
    world,
  ) => {
    await tell(world);
    const fleet = world.config.fleets.find(({ name }) => name === FLEET);
    if (!fleet) throw new Error(`There is no fleet ${FLEET}.`);
    const plan = toPlan(world.config, fleet, PRICE);
    const { pollSeconds } = plan;
    const recorded = {
      pollSeconds,
      minutes: await world.minutes(),
      jobs: await world.jobs(FLEET),
      events: await world.events(FLEET),
      decisions: await world.decisions(FLEET),
    };
    const measured = toMeasured(recorded);
    const model = play(plan, measured.jobs, measured.world);
    // The cloud's looks take their time to see; the model's see all at once. So what happens in a look may be seen by the next.
    const changes = pollSeconds * (1 + measured.lost);
    // And chance has the model's changes and launches begin at other moments, in the ranges that were measured.
    const counts = changes + measured.spread;
    const differences = compareRuns(measured.run, model, { changes, counts });
    // For whoever wants to know why they differ.
    const seen = { tolerance: { changes, counts }, differences, measured, model, recorded };
    writeFileSync(join(world.runDir, 'modelled.json'), `${JSON.stringify(seen, null, 2)}\n`);
    expect(differences).toEqual([]);
    // The model was told how long claims and leaves took, and looks that are lost are allowed for: not just anything is.
    expect(measured.lost).toBeLessThan(MOST.lost);
    expect(measured.most.claim).toBeLessThan(MOST.claim);
    expect(measured.most.leave).toBeLessThan(MOST.leave);
    // That was the trace which is told above: else the same would say little.
    expect(model.changes.map(({ kind, reason, to }) => `${kind} to ${to}, ${reason}`)).toEqual([
      'grow to 1, queue',
      'grow to 2, at-max',
      'grow to 2, queue',
      'grow to 2, queue',
    ]);
  },
};
