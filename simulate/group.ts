/**
 * An Auto Scaling group: it begins what is desired, ends whom it chooses, and replaces who died. Its rules are AWS's; how
 * its instances behave is theirs.
 */
import type { Agenda } from './agenda';
import { Instance } from './instance';
import { addLife, type Bill, emptyBill } from './ledger';
import type { Random } from './random';
import { LAUNCHING_HEARTBEAT, type World } from './world';

export interface GroupPlan {
  name: string;
  max: number;
  /** Dollars an hour, by how it was bought. */
  price: { onDemand: number; spot: number };
  /** Instances that wait stopped. */
  stopped: number;
  /** Of a hundred instances so many are spot. */
  spotPercent: number;
}

/** What instances do that the group knows nothing of. */
export interface Behaviour {
  /** It is in service. */
  begin(instance: Instance): void;
  /** The group wants it gone. `kill` without a terminating hook. */
  drain(instance: Instance): 'hook' | 'kill';
  /** It is gone, however it ended. */
  end(instance: Instance, why: End): void;
}
/** over: the simulation is, and nobody did anything to it. */
export type End = 'left' | 'killed' | 'crashed' | 'reclaimed' | 'abandoned' | 'over';

export interface Activity {
  endedAt: number;
  result: 'succeeded' | 'failed';
  message: string;
}

const NO_CAPACITY = 'We currently do not have sufficient capacity in the Availability Zone you requested.';

export class Group {
  desired = 0;
  onDemandPercent: number;
  readonly members = new Map<string, Instance>();
  /** Newest first. */
  readonly activities: Activity[] = [];
  readonly bill: Bill = emptyBill();
  /** Longest time without a job of one instance, seconds. */
  longestIdle = { id: '', seconds: 0 };
  /** Who hears of what happens to instances, for a replay. */
  onEvent: ((event: string) => void) | undefined;
  /** Who hears of each change of size, for a picture over time. */
  onChange = () => {};
  private stopped = 0;
  private isAwake = false;
  private count = 0;

  constructor(
    readonly plan: GroupPlan,
    private readonly agenda: Agenda,
    private readonly world: World,
    private readonly random: Random,
    private readonly behaviour: Behaviour,
  ) {
    this.onDemandPercent = 100 - plan.spotPercent;
    this.stopped = plan.stopped;
  }

  /** Pending or in service: what desired counts. */
  get active(): number {
    let active = 0;
    for (const { state } of this.members.values())
      if (state === 'pending' || state === 'inService') active += 1;
    return active;
  }

  counts(): { pending: number; inService: number; draining: number } {
    const counts = { pending: 0, inService: 0, draining: 0 };
    for (const { state } of this.members.values()) if (state !== 'gone') counts[state] += 1;
    return counts;
  }

  /** AWS refuses what is beyond the maximum. */
  setDesired(desired: number): void {
    if (desired < 0 || desired > this.plan.max) return;
    if (desired !== this.desired) this.onEvent?.(`${this.plan.name}: desired ${this.desired} → ${desired}`);
    this.desired = desired;
    this.wake();
  }

  /** What was protected while the group was to shrink may end now. */
  protect(instance: Instance, isProtected: boolean): void {
    instance.isProtected = isProtected;
    if (!isProtected) this.wake();
  }

  /** An instance that counts itself out, TerminateInstanceInAutoScalingGroup with decrement, and is gone when its hook is. */
  countOut(instance: Instance): void {
    if (instance.state === 'gone') return;
    if (instance.state === 'inService') {
      // AWS refuses a decrement at the minimum; then it leaves without, and the group has nobody to replace.
      const desired = Math.max(0, this.desired - 1);
      this.onEvent?.(`${instance.id} counts itself out`);
      if (desired !== this.desired) this.onEvent?.(`${this.plan.name}: desired ${this.desired} → ${desired}`);
      this.desired = desired;
      instance.state = 'draining';
      this.onChange();
    }
    this.agenda.in(this.random.between(...this.world.hook), () => this.end(instance, 'left'));
  }

  /** Ends an instance that the group still counts, as for a refresh or a lifetime: another one takes its place. */
  terminate(instance: Instance): void {
    if (instance.state === 'pending') this.end(instance, 'abandoned');
    else if (instance.state === 'inService') {
      instance.state = 'draining';
      this.onEvent?.(`${instance.id} is to go`);
      if (this.behaviour.drain(instance) === 'kill') this.end(instance, 'killed');
      else this.onChange();
    }
    this.wake();
  }

  end(instance: Instance, why: End): void {
    if (instance.state === 'gone') return;
    const wasPending = instance.state === 'pending';
    instance.state = 'gone';
    this.members.delete(instance.id);
    this.behaviour.end(instance, why);
    this.onEvent?.(`${instance.id} is gone: ${why}`);
    const seconds = Math.max(instance.longestIdle, this.agenda.now - instance.idleSince) / 1000;
    if (seconds > this.longestIdle.seconds) this.longestIdle = { id: instance.id, seconds };
    const { price } = this.plan;
    const { launchedAt, readyAt, busy, goesSince } = instance;
    addLife(
      this.bill,
      { launchedAt, readyAt, busy, goesSince, endedAt: this.agenda.now },
      instance.isSpot ? price.spot : price.onDemand,
    );
    if (wasPending) this.note('failed', 'The lifecycle action was abandoned.');
    this.onChange();
    this.wake();
  }

  /** All that is left, at the end of a simulation. */
  endAll(): void {
    for (const instance of [...this.members.values()]) this.end(instance, 'over');
  }

  private wake(): void {
    if (this.isAwake) return;
    this.isAwake = true;
    this.agenda.in(this.random.between(...this.world.begin), () => {
      this.isAwake = false;
      this.settle();
    });
  }

  private settle(): void {
    const gap = this.desired - this.active;
    if (gap < 0) this.shrink(-gap);
    for (let missing = gap; missing > 0; missing -= 1) this.launch();
  }

  /** The group chooses whom to end; who is protected is not among them. */
  private shrink(by: number): void {
    for (let left = by; left > 0; left -= 1) {
      const free = [...this.members.values()].filter(
        ({ state, isProtected }) => state === 'pending' || (state === 'inService' && !isProtected),
      );
      const victim = this.random.pick(free);
      if (!victim) return;
      this.terminate(victim);
    }
  }

  private launch(): void {
    const { boot, resume, faults, relaunch, measuredBoots } = this.world;
    if (this.random.chance(faults.launchFails)) {
      this.note('failed', NO_CAPACITY);
      this.onEvent?.(`${this.plan.name}: a launch failed`);
      this.agenda.in(this.random.between(...relaunch), () => this.wake());
      return;
    }
    this.count += 1;
    const isSpot = this.random.next() * 100 >= this.onDemandPercent;
    const instance = new Instance(`${this.plan.name}-${this.count}`, this.agenda.now, isSpot);
    this.members.set(instance.id, instance);
    this.onEvent?.(`${instance.id} is launched`);
    this.onChange();
    const isResumed = this.stopped > 0;
    if (isResumed) {
      this.stopped -= 1;
      // The pool fills itself again: one more boot, then the instance is stopped and free but for its volume.
      this.agenda.in(this.random.skewed(boot), () => this.fill());
    }
    const measured = isResumed ? undefined : measuredBoots?.[this.count - 1];
    const seconds = measured ?? this.random.skewed(isResumed ? resume : boot);
    if (this.random.chance(faults.bootHangs)) {
      instance.isUseful = false;
      this.agenda.in(LAUNCHING_HEARTBEAT, () => this.abandon(instance));
      return;
    }
    this.agenda.in(seconds, () => this.ready(instance));
  }

  private fill(): void {
    const price = this.plan.price.onDemand;
    const { median } = this.world.boot;
    const endedAt = this.agenda.now;
    addLife(
      this.bill,
      { launchedAt: endedAt - median * 1000, readyAt: undefined, busy: 0, goesSince: undefined, endedAt },
      price,
    );
    this.stopped = Math.min(this.plan.stopped, this.stopped + 1);
  }

  private abandon(instance: Instance): void {
    if (instance.state === 'pending') this.end(instance, 'abandoned');
  }

  private ready(instance: Instance): void {
    if (instance.state !== 'pending') return;
    instance.state = 'inService';
    instance.readyAt = this.agenda.now;
    this.note('succeeded', '');
    this.onEvent?.(`${instance.id} is in service`);
    this.onChange();
    this.behaviour.begin(instance);
  }

  private note(result: Activity['result'], message: string): void {
    this.activities.unshift({ endedAt: this.agenda.now, result, message });
    if (this.activities.length > 30) this.activities.length = 30;
  }
}
