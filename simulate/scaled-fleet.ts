/** One fleet as the deployed scaler sees it: what it reads, what it remembers where, and what its calls change. */
import type { Outcome, Situation } from '../lambda/scaler/core/decide';
import { LAUNCHES_EVERY_MS, looksStuck } from '../lambda/scaler/core/launches';
import { fromTag, type Memory, toTag } from '../lambda/scaler/core/memory';
import type { Capacity, Demand, KnownCapacity } from '../lambda/scaler/core/types';
import type { FleetSettings } from '../lambda/scaler/settings';
import type { Scene } from './policies/control';

/** What one look saw. */
export type View = Omit<Situation, 'share'>;

/** What a process of the Lambda knows of the fleet; it is lost with it. */
interface Kept {
  sight: Memory['sight'];
  launchesReadAt: number;
  /** What the tag should say, while it could not be written. */
  unwritten: Memory | undefined;
}
const newKept = (): Kept => ({ sight: undefined, launchesReadAt: -Infinity, unwritten: undefined });

const NO_MEMORY = toTag({});

/** Two processes: the one that AWS invokes, and the one of an invocation that it delivers twice. */
export type Process = 'first' | 'second';

export class ScaledFleet {
  private tag = NO_MEMORY;
  private readonly kept: Record<Process, Kept> = { first: newKept(), second: newKept() };
  /** The last look could see, and changed nothing. */
  private isSettled = false;
  private lastCapacity: KnownCapacity | undefined;

  constructor(
    readonly settings: FleetSettings,
    private readonly scene: Scene,
  ) {}

  /** The process is gone. */
  forget(): void {
    this.kept.first = newKept();
  }

  see(process: Process): View {
    const { agenda } = this.scene;
    const kept = this.kept[process];
    const { now } = agenda;
    const demand = this.readDemand();
    const capacity = this.readCapacity();
    const memory: Memory = { ...(kept.unwritten ?? fromTag(this.tag)), sight: kept.sight };
    if (capacity.kind === 'known' && now - kept.launchesReadAt >= LAUNCHES_EVERY_MS)
      if (looksStuck(memory, capacity, now)) {
        kept.launchesReadAt = now;
        capacity.launches = [...this.scene.group.activities];
      }
    return { demand, capacity, memory, settings: this.settings, now };
  }

  act(process: Process, { demand, capacity }: View, outcome: Outcome): void {
    this.kept[process].sight = outcome.memory.sight;
    this.isSettled = outcome.decision.kind === 'hold' && demand.kind === 'known' && capacity.kind === 'known';
    if (capacity.kind === 'known') this.apply(this.kept[process], outcome);
  }

  /**
   * The last look changed nothing and saw all that there is, nothing waits or is on its way, and nothing is remembered:
   * the next looks would say the same, until something changes.
   */
  get mayRest(): boolean {
    const { group, ci } = this.scene;
    const { sight, unwritten } = this.kept.first;
    return (
      this.isSettled &&
      sight !== undefined &&
      ci.queued === 0 &&
      sight.queued === 0 &&
      sight.running === ci.running &&
      sight.desired === group.desired &&
      sight.inService.length === group.desired &&
      sight.pending.length === 0 &&
      group.members.size === group.desired &&
      this.tag === NO_MEMORY &&
      unwritten === undefined
    );
  }

  /** The looks that were left out saw what the last one saw. */
  hasLookedAt(at: number): void {
    const { first } = this.kept;
    if (first.sight) first.sight = { ...first.sight, at };
  }

  private apply(kept: Kept, { decision, memory, warm, onDemandPercent }: Outcome): void {
    const { group, lives, world, random, aws, agenda } = this.scene;
    const isRefused = aws.refuses(random);
    const tag = toTag(memory);
    if (tag !== this.tag) {
      if (isRefused) kept.unwritten = memory;
      else {
        this.tag = tag;
        kept.unwritten = undefined;
      }
    }
    if (!isRefused) lives.warm = warm;
    if (onDemandPercent !== undefined && !isRefused) group.onDemandPercent = onDemandPercent;
    if (decision.kind === 'hold') return;
    const { to } = decision;
    const { change, faults } = world;
    const isDone = !aws.refuses(random) || random.chance(faults.answersLost);
    if (!isDone) return;
    const delay = random.between(...change) + random.between(0, faults.changeDelay);
    agenda.in(delay, () => group.setDesired(to));
  }

  /** Two tries in a poll, as the deployed one makes. */
  private readDemand(): Demand {
    const { ci, world, random } = this.scene;
    const { readFails } = world.faults;
    const fails = random.chance(readFails) && random.chance(readFails);
    if (fails || ci.outUntil() !== undefined)
      return { kind: 'unknown', problem: 'timeout', detail: 'simulated' };
    return { kind: 'known', ...ci.read() };
  }

  private readCapacity(): Capacity {
    const { group, world, random, aws } = this.scene;
    if (aws.refuses(random)) return { kind: 'unknown', problem: 'aws-error', detail: 'simulated' };
    if (this.lastCapacity && random.chance(world.faults.groupStale)) return { ...this.lastCapacity };
    const pending: string[] = [];
    const inService: string[] = [];
    const draining: string[] = [];
    for (const { id, state, isProtected } of group.members.values()) {
      if (state === 'pending') pending.push(id);
      else if (state === 'inService') inService.push(id);
      else if (state === 'draining' && isProtected) draining.push(id);
    }
    const capacity: KnownCapacity = {
      kind: 'known',
      desired: group.desired,
      min: 0,
      max: group.plan.max,
      pending,
      inService,
      held: [],
      other: 0,
      draining,
      suspended: [],
      onDemandPercent: group.onDemandPercent,
    };
    this.lastCapacity = capacity;
    return capacity;
  }
}
