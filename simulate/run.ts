/** One fleet with one policy through its jobs, from the first to the time when nothing should be left. */
import { Agenda } from './agenda';
import { Ci } from './ci';
import { disturb } from './disturb';
import { Group } from './group';
import { Lives } from './lives';
import { type Measured, measure } from './measure';
import { scheduleActions } from './opening';
import type { FleetPlan } from './plan';
import type { Scene } from './policies/control';
import { createControl } from './policies/create-control';
import { createRandom } from './random';
import type { Look } from './scaler';
import type { Timeline } from './timeline';
import { type Job, type SimulatedJob, toSimulated } from './trace';
import type { World } from './world';

/** What is there when all should be over: a leak, unless it is warm. */
export interface Left {
  at: number;
  queued: number;
  running: number;
  instances: number;
  desired: number;
}

export interface Result extends Measured {
  left: Left;
  /** Longest time without a job of one instance, seconds. */
  longestIdle: { id: string; seconds: number };
  /** How often the scaler looked, not counting where it could not have seen anything new. */
  looks: number;
}

export interface Watch {
  onLook?: (look: Look) => void;
  timeline?: Timeline;
  /** What happens, a line each. */
  onEvent?: (at: number, event: string) => void;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Time enough to leave for all that has no job any more. */
const QUIET_MS = 6 * HOUR_MS;
/** A fleet that is too small for its jobs may take long; and then something is wrong. */
const MOST_DAYS = 90;

export function runFleet(
  plan: FleetPlan,
  jobs: readonly Job[],
  world: World,
  { onLook, timeline, onEvent }: Watch = {},
): Result {
  const { settings } = plan;
  const first = jobs[0]?.submitted ?? 0;
  const last = jobs.at(-1)?.submitted ?? first;
  // On a minute, as EventBridge Scheduler fires.
  const begin = Math.floor(first / 60_000) * 60_000;
  const latest = last + MOST_DAYS * DAY_MS;
  const agenda = new Agenda(begin);
  const random = (purpose: string) => createRandom(world.seed, purpose);
  const ci = new Ci(agenda, world, random('ci'), undefined, Math.ceil((latest - begin) / DAY_MS));
  const lives = new Lives(plan.life, ci, agenda, world, random('lives'));
  const group = new Group(
    { ...plan.group, name: settings.name, max: settings.max },
    agenda,
    world,
    random('group'),
    lives,
  );
  lives.group = group;

  const scene: Scene = { group, ci, lives, agenda, world, random: random('scaler') };
  let looks = 0;
  const control = createControl(plan, scene, (look) => {
    looks += 1;
    onLook?.(look);
  });
  let peak = 0;
  const changed = () => {
    peak = Math.max(peak, group.members.size);
    control.touch();
    timeline?.note(agenda.now, { queued: ci.queued, running: ci.running, ...group.counts() });
  };
  group.onChange = changed;
  ci.onChange = changed;
  if (onEvent) group.onEvent = (event) => onEvent(agenda.now, event);

  const simulated = jobs.map(toSimulated);
  submitAll(agenda, ci, simulated);
  if (plan.policy === 'muster') scheduleActions(settings, scene, latest);
  disturb({ ...scene, random: random('disturb') }, latest);
  control.start();
  agenda.runUntil(last);
  const isOpen = () => simulated.some(({ fate }) => fate === 'open');
  while (agenda.now < latest && isOpen()) agenda.runUntil(agenda.now + HOUR_MS);
  // What is always there is paid for until the last job has ended, and not for what comes after.
  if (plan.policy !== 'always-on') agenda.runUntil(agenda.now + QUIET_MS);

  const left: Left = {
    at: agenda.now,
    queued: ci.queued,
    running: ci.running,
    instances: group.members.size,
    desired: group.desired,
  };
  group.endAll();
  return { ...measure(simulated, group.bill, peak), left, longestIdle: group.longestIdle, looks };
}

/** One at a time, so that the agenda stays small. */
function submitAll(agenda: Agenda, ci: Ci, jobs: readonly SimulatedJob[]): void {
  const submit = (index: number) => {
    const job = jobs[index];
    if (!job) return;
    agenda.at(job.submitted, () => {
      ci.submit(job);
      submit(index + 1);
    });
  };
  submit(0);
}
