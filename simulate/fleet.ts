/** One fleet in virtual time: its jobs, its CI, its group and how its instances live; who scales it is elsewhere. */
import type { AccountLimit } from './account-limit';
import type { Agenda } from './agenda';
import type { Aws } from './aws';
import { Ci } from './ci';
import { disturb } from './disturb';
import { Group } from './group';
import { Lives } from './lives';
import { type Measured, measure } from './measure';
import { scheduleActions } from './opening';
import type { FleetPlan } from './plan';
import type { Control, Scene } from './policies/control';
import { createRandom } from './random';
import type { Look } from './scaler';
import type { Timeline } from './timeline';
import { type Job, type SimulatedJob, toSimulated } from './trace';
import type { Windows } from './windows';
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
  /** When the simulation began; it was over at `left.at`. */
  began: number;
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

/** What all fleets have around them. */
export interface Surroundings {
  agenda: Agenda;
  world: World;
  aws: Aws;
  limit: AccountLimit;
  outages: Windows;
}

export class Fleet {
  readonly scene: Scene;
  private readonly jobs: SimulatedJob[];
  private readonly began: number;
  private looks = 0;
  private peak = 0;

  constructor(
    readonly plan: FleetPlan,
    jobs: readonly Job[],
    { agenda, world, aws, limit, outages }: Surroundings,
    private readonly watch: Watch,
  ) {
    const { settings, life } = plan;
    this.began = agenda.now;
    const random = (purpose: string) => createRandom(world.seed, `${settings.name}/${purpose}`);
    this.jobs = jobs.map(toSimulated);
    const ci = new Ci(agenda, world, random('ci'), limit, outages);
    const lives = new Lives(life, ci, aws, agenda, world, random('lives'));
    const groupPlan = { ...plan.group, name: settings.name, max: settings.max };
    const group = new Group(groupPlan, agenda, world, random('group'), lives);
    lives.group = group;
    this.scene = { group, ci, lives, aws, agenda, world, random: random('scaler') };
  }

  get hasOpenJobs(): boolean {
    return this.jobs.some(({ fate }) => fate === 'open');
  }

  /** @param until when nothing more is to happen that nobody asked for */
  begin(control: Control, until: number): void {
    const { group, ci, agenda, world } = this.scene;
    const { timeline, onEvent } = this.watch;
    const changed = () => {
      this.peak = Math.max(this.peak, group.members.size);
      control.touch();
      timeline?.note(agenda.now, { queued: ci.queued, running: ci.running, ...group.counts() });
    };
    group.onChange = changed;
    ci.onChange = changed;
    if (onEvent) group.onEvent = (event) => onEvent(agenda.now, event);
    this.submit(0);
    const { policy, settings } = this.plan;
    if (policy === 'muster') scheduleActions(settings, this.scene, until);
    disturb({ ...this.scene, random: createRandom(world.seed, `${settings.name}/disturb`) }, until);
  }

  note(look: Look): void {
    this.looks += 1;
    this.watch.onLook?.(look);
  }

  end(): Result {
    const { group, ci, agenda } = this.scene;
    const left: Left = {
      at: agenda.now,
      queued: ci.queued,
      running: ci.running,
      instances: group.members.size,
      desired: group.desired,
    };
    group.endAll();
    const { bill, longestIdle } = group;
    const { began, looks } = this;
    return { ...measure(this.jobs, bill, this.peak), began, left, longestIdle, looks };
  }

  /** One at a time, so that the agenda stays small. */
  private submit(index: number): void {
    const job = this.jobs[index];
    if (!job) return;
    const { agenda, ci } = this.scene;
    agenda.at(job.submitted, () => {
      ci.submit(job);
      this.submit(index + 1);
    });
  }
}
