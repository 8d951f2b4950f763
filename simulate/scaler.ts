/**
 * The deployed decision core at its deployed pace: a Lambda invoked each minute that looks at each fleet every few seconds.
 * What it keeps in its process is lost with it; what it writes into the group's tag is not.
 */
import { decide, type Outcome } from '../lambda/scaler/core/decide';
import { looksStuck } from '../lambda/scaler/core/launches';
import { fromTag, type Memory, toTag } from '../lambda/scaler/core/memory';
import type { Capacity, Demand, KnownCapacity } from '../lambda/scaler/core/types';
import type { FleetSettings } from '../lambda/scaler/settings';
import type { Ci } from './ci';
import type { Group } from './group';
import type { Control, Scene } from './policies/control';

export interface ScalerProps {
  settings: FleetSettings;
  pollSeconds: number;
  scene: Scene;
  /** Who hears of each look. */
  onLook: (look: Look) => void;
}

/** What one look led to. */
export interface Look {
  at: number;
  demand: Demand;
  capacity: Capacity;
  outcome: Outcome;
}

/** The group's activities are read at most so often (lambda/scaler/read-capacity.ts). */
const LAUNCHES_EVERY_MS = 60_000;
const NO_MEMORY = toTag({});
/** Opening times and hours of the day begin at full minutes. */
const CLOCK_MS = 60_000;

/** A process of the Lambda. */
interface Process {
  sight: Memory['sight'];
  launchesReadAt: number;
  /** What the tag should say, while it could not be written. */
  unwritten: Memory | undefined;
}
const newProcess = (): Process => ({ sight: undefined, launchesReadAt: -Infinity, unwritten: undefined });

export class Scaler implements Control {
  private tag = NO_MEMORY;
  private process = newProcess();
  private other = newProcess();
  private isResting = false;
  /** The last look could see, and changed nothing. */
  private isSettled = false;
  private lastCapacity: KnownCapacity | undefined;

  private readonly pollMs: number;

  constructor(private readonly props: ScalerProps) {
    this.pollMs = props.pollSeconds * 1000;
  }

  start(): void {
    this.minute();
  }

  /** Something changed that the next look will see. */
  touch(): void {
    if (!this.isResting) return;
    this.isResting = false;
    const { now } = this.props.scene.agenda;
    const next = Math.ceil(now / this.pollMs) * this.pollMs;
    // The looks that were left out saw what the last one saw.
    if (this.process.sight) this.process.sight = { ...this.process.sight, at: next - this.pollMs };
    const minute = Math.floor(next / 60_000) * 60_000;
    this.props.scene.agenda.at(next, () => this.minute(minute));
  }

  /** One invocation; a second one, which AWS may deliver, looks a little later. */
  private minute(begin = this.props.scene.agenda.now): void {
    const { faults } = this.props.scene.world;
    const looks = Math.max(1, Math.floor(60_000 / this.pollMs));
    const killedAfter = this.props.scene.random.chance(faults.invocationsKilled)
      ? Math.floor(this.props.scene.random.next() * looks)
      : undefined;
    const isTwice = this.props.scene.random.chance(faults.invocationsTwice);
    const shift = isTwice ? this.props.scene.random.between(0, this.pollMs) : 0;
    const poll = (index: number) => {
      if (index === killedAfter) this.process = newProcess();
      if (killedAfter === undefined || index < killedAfter) this.look(this.process);
      if (isTwice) this.props.scene.agenda.in(shift / 1000, () => this.look(this.other));
      if (this.mayRest()) {
        this.rest();
        return;
      }
      const next = begin + (index + 1) * this.pollMs;
      this.props.scene.agenda.at(next, () => (index + 1 < looks ? poll(index + 1) : this.minute()));
    };
    poll(Math.floor((this.props.scene.agenda.now - begin) / this.pollMs));
  }

  /**
   * The last look changed nothing and saw all that there is, nothing waits or is on its way, and nothing is remembered:
   * the next looks would say the same, until something changes. Left out, for they are most of the work.
   */
  private mayRest(): boolean {
    const { group, ci } = this.props.scene;
    const { sight, unwritten } = { sight: this.process.sight, unwritten: this.process.unwritten };
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

  /** The time of the day changes what is wanted, too. */
  private rest(): void {
    this.isResting = true;
    const { hours, warm } = this.props.settings;
    if (!hours && typeof warm === 'number') return;
    const { now } = this.props.scene.agenda;
    this.props.scene.agenda.at((Math.floor(now / CLOCK_MS) + 1) * CLOCK_MS, () => this.touch());
  }

  private look(process: Process): void {
    const { settings, onLook } = this.props;
    const { group, ci } = this.props.scene;
    const { now } = this.props.scene.agenda;
    const demand = this.readDemand(ci);
    const capacity = this.readCapacity(group);
    const remembered = process.unwritten ?? fromTag(this.tag);
    const memory: Memory = { ...remembered, sight: process.sight };
    if (
      capacity.kind === 'known' &&
      now - process.launchesReadAt >= LAUNCHES_EVERY_MS &&
      looksStuck(memory, capacity, now)
    ) {
      process.launchesReadAt = now;
      capacity.launches = [...group.activities];
    }
    const outcome = decide({ demand, capacity, memory, settings, now });
    onLook({ at: now, demand, capacity, outcome });
    process.sight = outcome.memory.sight;
    this.isSettled = outcome.decision.kind === 'hold' && demand.kind === 'known' && capacity.kind === 'known';
    if (capacity.kind === 'known') this.apply(process, outcome);
  }

  private apply(process: Process, { decision, memory, warm, onDemandPercent }: Outcome): void {
    const { group, lives } = this.props.scene;
    const { faults, change } = this.props.scene.world;
    const isRefused = this.props.scene.random.chance(faults.awsFails);
    const tag = toTag(memory);
    if (tag !== this.tag) {
      if (isRefused) process.unwritten = memory;
      else {
        this.tag = tag;
        process.unwritten = undefined;
      }
    }
    if (!isRefused) lives.warm = warm;
    if (onDemandPercent !== undefined && !isRefused) group.onDemandPercent = onDemandPercent;
    if (decision.kind === 'hold') return;
    const { to } = decision;
    const isDone =
      !this.props.scene.random.chance(faults.awsFails) || this.props.scene.random.chance(faults.answersLost);
    if (!isDone) return;
    const delay =
      this.props.scene.random.between(...change) + this.props.scene.random.between(0, faults.changeDelay);
    this.props.scene.agenda.in(delay, () => group.setDesired(to));
  }

  /** Two tries in a poll, as the deployed one makes. */
  private readDemand(ci: Ci): Demand {
    const { readFails } = this.props.scene.world.faults;
    const fails = this.props.scene.random.chance(readFails) && this.props.scene.random.chance(readFails);
    if (fails || ci.outUntil() !== undefined)
      return { kind: 'unknown', problem: 'timeout', detail: 'simulated' };
    return { kind: 'known', ...ci.read() };
  }

  private readCapacity(group: Group): Capacity {
    const { faults } = this.props.scene.world;
    if (this.props.scene.random.chance(faults.awsFails))
      return { kind: 'unknown', problem: 'aws-error', detail: 'simulated' };
    if (this.lastCapacity && this.props.scene.random.chance(faults.groupStale))
      return { ...this.lastCapacity };
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
