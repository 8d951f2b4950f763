/**
 * A fleet in virtual time, second by second: a group that launches and replaces as AWS does, instances that boot,
 * claim, work and leave by themselves, and the decision core polled as the scaler does. Faults are functions.
 */
import { decide } from '../../../../lambda/scaler/core/decide';
import { looksStuck } from '../../../../lambda/scaler/core/launches';
import { fromTag, type Memory, toTag } from '../../../../lambda/scaler/core/memory';
import type { Decision, KnownCapacity, Launch } from '../../../../lambda/scaler/core/types';
import type { FleetSettings } from '../../../../lambda/scaler/settings';
import { capacityOf, NOW, settingsOf } from '../perfect';

export interface Plan {
  /** Jobs by second of arrival, with their length in seconds. */
  jobs: { at: number; seconds: number }[];
  settings?: Partial<FleetSettings>;
  /** many-jobs: an instance takes jobs, as many at once as it has slots, until it is idle. Default: one-job. */
  serves?: 'one-job' | 'many-jobs';
  pollSeconds?: number;
  boot?: number;
  idle?: number;
  /** How a launch begun in this second ends; `refused`: AWS has no instance, and tries again a minute later. */
  launch?: (second: number, launch: number) => 'works' | 'abandons' | 'refused' | 'hangs';
  /** Jobs that may run at once, by second. */
  claimable?: (second: number) => number;
  /** Whether the scaler's process ends here, and all that it only had in memory. */
  coldStart?: (second: number) => boolean;
  /** Polls in which demand is unknown. */
  outage?: (second: number) => boolean;
  /** Whether AWS has spot capacity; of use with `settings.spot`. */
  spot?: (second: number) => boolean;
  /** How many instances in service get a spot interruption notice in this second. */
  notices?: (second: number) => number;
}

interface Instance {
  id: string;
  readyAt: number;
  fate: 'works' | 'abandons' | 'hangs';
  isSpot: boolean;
  /** When its jobs end. */
  jobs: number[];
  idleSince?: number;
  /** When a spot instance is taken, whatever it does. */
  takenAt?: number;
  /** When one that left by itself has completed its hook. */
  endsAt?: number;
}

export interface Story {
  decisions: { second: number; decision: Decision; desired: number }[];
  waits: number[];
  lastClaim: number;
  queued: number;
  running: number;
  /** Desired in each second. */
  desired: number[];
  launches: number;
  instanceSeconds: number;
  /** Busy instances that a lower desired took. */
  taken: number;
  tags: number;
  /** Share of on-demand instances in each second. */
  onDemandPercent: number[];
  noticed: number;
  interrupted: number;
}

const NO_SPOT =
  'Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Please adjust your request and try again. Launching EC2 instance failed.';
/** From a spot interruption notice to the end. */
const NOTICE_SECONDS = 120;
const LEAVE_SECONDS = 8;

export function live(plan: Plan, seconds: number): Story {
  const { boot = 30, idle = 60, pollSeconds = 10, serves = 'one-job' } = plan;
  const settings = settingsOf(plan.settings);
  const queue: { at: number; seconds: number }[] = [];
  const arrivals = [...plan.jobs].sort((a, b) => a.at - b.at);
  let pending: Instance[] = [];
  let inService: Instance[] = [];
  /** They have left the count, take no job, and are protected. */
  let draining: Instance[] = [];
  let onDemandPercent = settings.spot ? 100 - settings.spot.percent : 100;
  let desired = 0;
  let refusedUntil = 0;
  let memory: Memory = {};
  let tag: string | undefined;
  let launchesReadAt = -Infinity;
  let activities: Launch[] = [];
  const story: Story = {
    decisions: [],
    waits: [],
    lastClaim: -1,
    queued: 0,
    running: 0,
    desired: [],
    launches: 0,
    instanceSeconds: 0,
    taken: 0,
    tags: 0,
    onDemandPercent: [],
    noticed: 0,
    interrupted: 0,
  };
  const ended = (second: number, result: Launch['result'], message = '') => {
    activities = [{ endedAt: NOW + second * 1000, result, message }, ...activities].slice(0, 20);
  };
  const running = () => [...inService, ...draining].reduce((sum, { jobs }) => sum + jobs.length, 0);

  for (let second = 0; second < seconds; second++) {
    while (arrivals[0] && arrivals[0].at <= second) queue.push(arrivals.shift() as (typeof queue)[0]);

    for (const instance of pending.filter(({ readyAt }) => readyAt <= second)) {
      pending = pending.filter((other) => other !== instance);
      ended(second, instance.fate === 'abandons' ? 'failed' : 'succeeded');
      if (instance.fate !== 'abandons') inService.push({ ...instance, idleSince: second });
    }
    for (let left = plan.notices?.(second) ?? 0; left > 0 && inService.length > 0; left--) {
      const noticed = inService.shift() as Instance;
      desired = Math.max(0, desired - 1);
      story.noticed += 1;
      draining.push({ ...noticed, takenAt: second + NOTICE_SECONDS });
    }
    for (const instance of draining) {
      instance.jobs = instance.jobs.filter((end) => end > second);
      if ((instance.takenAt ?? Infinity) > second) continue;
      // What was cut short is run again by the CI.
      for (const end of instance.jobs) queue.push({ at: second, seconds: end - second });
      story.interrupted += instance.jobs.length;
      instance.jobs = [];
    }
    draining = draining.filter(({ jobs, endsAt = 0 }) => jobs.length > 0 || endsAt > second);
    for (const instance of [...inService]) {
      const working = instance.jobs.filter((end) => end > second);
      const finished = working.length < instance.jobs.length;
      instance.jobs = working;
      if (finished && working.length === 0) instance.idleSince = second;
      const left = finished && serves === 'one-job';
      const bored = instance.idleSince !== undefined && second - instance.idleSince >= idle;
      // A hung agent leaves too, but much later: the watchdog ends it.
      const late = instance.idleSince !== undefined && second - instance.idleSince >= 10 * idle;
      if (left || (instance.fate === 'hangs' ? late : bored)) {
        inService = inService.filter((other) => other !== instance);
        desired = Math.max(0, desired - 1);
        // It leaves at once, and so its protection is still there.
        if (left) draining.push({ ...instance, endsAt: second + LEAVE_SECONDS });
      }
    }
    const free = inService
      .filter(({ fate }) => fate === 'works')
      .flatMap((instance) => Array(Math.max(0, settings.slots - instance.jobs.length)).fill(instance));
    for (const instance of free as Instance[]) {
      if (queue.length === 0 || running() >= (plan.claimable?.(second) ?? Infinity)) break;
      const job = queue.shift() as (typeof queue)[0];
      story.waits.push(second - job.at);
      story.lastClaim = second;
      instance.jobs.push(second + job.seconds);
      delete instance.idleSince;
    }

    if (second % pollSeconds === 0) {
      if (plan.coldStart?.(second)) memory = {};
      const capacity: KnownCapacity = capacityOf({
        desired,
        pending: pending.map(({ id }) => id),
        inService: inService.map(({ id }) => id),
        draining: draining.map(({ id }) => id),
        ...(settings.spot ? { onDemandPercent } : {}),
      });
      const now = NOW + second * 1000;
      memory = { ...fromTag(tag), sight: memory.sight };
      if (now - launchesReadAt >= 60_000 && looksStuck(memory, capacity, now)) {
        capacity.launches = activities;
        launchesReadAt = now;
      }
      const outcome = decide({
        demand: plan.outage?.(second)
          ? { kind: 'unknown', problem: 'server-error', detail: '' }
          : { kind: 'known', queued: queue.length, running: running() },
        capacity,
        settings,
        memory,
        now,
      });
      memory = outcome.memory;
      if (toTag(memory) !== (tag ?? toTag({}))) story.tags += 1;
      tag = toTag(memory);
      story.decisions.push({ second, decision: outcome.decision, desired });
      if (outcome.decision.kind !== 'hold') desired = outcome.decision.to;
      onDemandPercent = outcome.onDemandPercent ?? onDemandPercent;
    }

    while (pending.length + inService.length > desired) {
      const victim = pending.pop() ?? inService.pop();
      if (victim && victim.jobs.length > 0) story.taken += 1;
    }
    while (pending.length + inService.length < desired && second >= refusedUntil) {
      const all = [...pending, ...inService];
      const onDemand = all.filter(({ isSpot }) => !isSpot).length;
      const isSpot = settings.spot !== undefined && onDemand * 100 >= onDemandPercent * (all.length + 1);
      const noSpot = isSpot && !(plan.spot?.(second) ?? true);
      const fate = noSpot ? 'refused' : (plan.launch?.(second, story.launches) ?? 'works');
      story.launches += 1;
      if (fate === 'refused') {
        ended(second, 'failed', noSpot ? NO_SPOT : '');
        refusedUntil = second + 60;
      } else pending.push({ id: `i-${story.launches}`, readyAt: second + boot, fate, isSpot, jobs: [] });
    }
    story.onDemandPercent.push(onDemandPercent);
    story.desired.push(desired);
    story.instanceSeconds += inService.length + pending.length;
  }
  story.queued = queue.length;
  story.running = running();
  return story;
}
