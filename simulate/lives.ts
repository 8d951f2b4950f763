/** How an instance of Muster lives: provision/ in virtual time. */
import type { Agenda } from './agenda';
import type { Aws } from './aws';
import type { Agent, Ci } from './ci';
import type { Behaviour, End, Group } from './group';
import type { Instance, Running } from './instance';
import type { Random } from './random';
import type { Fate, SimulatedJob } from './trace';
import { SPOT_NOTICE, type World } from './world';

export interface LifePlan {
  /** Jobs at once. */
  slots: number;
  /** one-job: it leaves after its job. many-jobs: it takes the next one. */
  serves: 'one-job' | 'many-jobs';
  idleSeconds: number;
  /** The longest that a job may take, seconds. */
  jobLimit: number;
  /**
   * counts-out: it lowers desired as it goes, and a terminating hook waits for its job. powers-off: as the published
   * ones do: the group finds it stopped and replaces it, and ends whom it likes at once.
   */
  way: 'counts-out' | 'powers-off';
}

/** How often an idle instance that stays looks again whether it is to stay, seconds (the watchdog's timer). */
const LOOK_AGAIN = 30;
/** An instance looks whether it is to leave, seconds (the watch's pace). */
const WATCH = 5;
const RETRY = 5;
/** The housekeeper ends who is unknown to the CI for a quarter of an hour (unknownMinutes); it looks every five minutes. */
const UNKNOWN = [900, 1200] as const;
/** A CI notices an agent that is silent after five minutes (CircleCI). */
const SILENCE = 300;

const toClock = (at: number) => new Date(at).toISOString().slice(5, 19).replace('T', ' ');

export class Lives implements Behaviour {
  /** Idle instances that stay. */
  warm = 0;
  group!: Group;

  constructor(
    private readonly plan: LifePlan,
    private readonly ci: Ci,
    private readonly aws: Aws,
    private readonly agenda: Agenda,
    private readonly world: World,
    private readonly random: Random,
  ) {}

  begin(instance: Instance): void {
    const { faults } = this.world;
    this.meet(instance, faults.crashesPerHour, () => this.crash(instance));
    if (instance.isSpot) this.meet(instance, faults.reclaimsPerHour, () => this.reclaim(instance));
    if (this.random.chance(faults.agentHangs)) this.hang(instance);
    else for (let place = 0; place < this.plan.slots; place += 1) this.look(instance);
    this.idle(instance);
  }

  /** It takes no job. Where it is warm, the watchdog lets it stay, and the housekeeper ends it. */
  private hang(instance: Instance): void {
    instance.isUseful = false;
    if (this.plan.way === 'counts-out')
      this.agenda.in(this.random.between(...UNKNOWN), () => {
        if (instance.state === 'inService') this.group.terminate(instance);
      });
  }

  drain(instance: Instance): 'hook' | 'kill' {
    if (this.plan.way === 'powers-off') return 'kill';
    this.agenda.in(this.random.between(0, WATCH), () => {
      instance.leavingSince ??= this.agenda.now;
      if (instance.running.size === 0) this.leave(instance);
    });
    return 'hook';
  }

  end(instance: Instance, why: End): void {
    if (why === 'over') return;
    const fate: Fate = why === 'crashed' || why === 'reclaimed' ? why : 'killed';
    for (const running of [...instance.running]) this.finish(instance, running, fate);
  }

  private meet(instance: Instance, rate: number, what: () => void): void {
    const hours = this.random.wait(rate);
    if (hours < 24 * 30) this.agenda.in(hours * 3600, () => instance.state !== 'gone' && what());
  }

  private look(instance: Instance): void {
    const agent: Agent = {
      isLooking: () =>
        !instance.isLeaving &&
        !instance.hasCrashed &&
        (instance.state === 'inService' || instance.state === 'draining'),
      take: (job) => this.take(instance, job),
    };
    this.ci.offer(agent);
  }

  private take(instance: Instance, job: SimulatedJob): void {
    const { now } = this.agenda;
    job.starts += 1;
    job.wait = (now - job.submitted) / 1000;
    const running = instance.begin(job, now);
    this.group.onEvent?.(`${instance.id} takes the job of ${toClock(job.submitted)}`);
    this.agenda.in(this.random.between(...this.world.protect), () => {
      if (instance.running.size > 0) this.group.protect(instance, true);
    });
    this.agenda.in(Math.min(job.duration, this.plan.jobLimit), () => {
      if (running.isOver) return;
      this.finish(instance, running, 'done');
      this.after(instance);
    });
  }

  private finish(instance: Instance, running: Running, fate: Fate): void {
    instance.finish(running, this.agenda.now);
    running.job.fate = fate;
    this.group.onEvent?.(`${instance.id} ends the job of ${toClock(running.job.submitted)}: ${fate}`);
    if (fate === 'done') this.ci.release();
    else this.agenda.in(SILENCE, () => this.ci.release());
  }

  private after(instance: Instance): void {
    const isLast = this.plan.serves === 'one-job' || instance.isLeaving;
    if (!isLast) {
      this.look(instance);
      if (instance.running.size === 0) {
        this.group.protect(instance, false);
        this.idle(instance);
      }
      return;
    }
    instance.leavingSince ??= this.agenda.now;
    if (instance.running.size === 0) this.leave(instance);
  }

  /** The watchdog, which does not depend on the agent. */
  private idle(instance: Instance): void {
    const since = instance.idleSince;
    const look = () => {
      if (instance.state !== 'inService' || instance.isLeaving || instance.hasCrashed) return;
      if (instance.running.size > 0 || instance.idleSince !== since) return;
      if (this.mayStay()) this.agenda.in(LOOK_AGAIN, look);
      else {
        instance.leavingSince ??= this.agenda.now;
        this.leave(instance);
      }
    };
    this.agenda.in(this.plan.idleSeconds, look);
  }

  /** Idle instances agree without talking (decision 010): so many stay. */
  private mayStay(): boolean {
    if (this.warm === 0) return false;
    if (this.warm >= this.group.members.size) return true;
    let idle = 0;
    for (const { state, running, isLeaving } of this.group.members.values())
      if (state === 'inService' && running.size === 0 && !isLeaving) idle += 1;
    return idle <= this.warm;
  }

  private leave(instance: Instance): void {
    if (this.plan.way === 'powers-off') {
      this.agenda.in(this.random.between(...this.world.healthCheck), () => this.group.end(instance, 'left'));
      return;
    }
    this.agenda.in(this.random.between(...this.world.leave), () => this.countOut(instance));
  }

  private countOut(instance: Instance): void {
    if (instance.state === 'gone' || instance.hasCrashed) return;
    if (this.aws.refuses(this.random)) {
      this.agenda.in(RETRY, () => this.countOut(instance));
      return;
    }
    this.group.countOut(instance);
  }

  /** It is dead; its job is lost; the group finds it later and replaces it. */
  private crash(instance: Instance): void {
    instance.hasCrashed = true;
    instance.isUseful = false;
    for (const running of [...instance.running]) this.finish(instance, running, 'crashed');
    this.agenda.in(this.random.between(...this.world.healthCheck), () => this.group.end(instance, 'crashed'));
  }

  private reclaim(instance: Instance): void {
    instance.leavingSince ??= this.agenda.now;
    if (instance.running.size === 0) this.leave(instance);
    this.agenda.in(SPOT_NOTICE, () => this.group.end(instance, 'reclaimed'));
  }
}
