/**
 * The deployed decision core at its deployed pace: a Lambda invoked each minute that looks every few seconds at its fleets:
 * one alone, or those that share their account's concurrency. What it keeps in its process is lost with it; what it writes
 * into a group's tag is not.
 */
import type { Outcome } from '../lambda/scaler/core/decide';
import { decideTogether } from '../lambda/scaler/core/decide-together';
import type { Capacity, Demand } from '../lambda/scaler/core/types';
import type { Agenda } from './agenda';
import type { Control } from './policies/control';
import type { Random } from './random';
import type { Process, ScaledFleet, View } from './scaled-fleet';
import type { Faults } from './world';

export interface ScalerProps {
  fleets: readonly ScaledFleet[];
  pollSeconds: number;
  /** Jobs at once of the account, as the config tells it. */
  concurrency: number | undefined;
  agenda: Agenda;
  random: Random;
  faults: Pick<Faults, 'invocationsKilled' | 'invocationsTwice'>;
  /** Who hears of each look. */
  onLook: (look: Look, fleet: ScaledFleet) => void;
}

/** What one look at a fleet led to. */
export interface Look {
  at: number;
  demand: Demand;
  capacity: Capacity;
  outcome: Outcome;
}

const MINUTE_MS = 60_000;

const toMinute = (at: number) => Math.floor(at / MINUTE_MS) * MINUTE_MS;

export class Scaler implements Control {
  private isResting = false;
  private readonly pollMs: number;

  constructor(private readonly props: ScalerProps) {
    this.pollMs = props.pollSeconds * 1000;
  }

  start(): void {
    this.invoke(this.props.agenda.now);
  }

  /** Something changed that the next look will see. */
  touch(): void {
    if (!this.isResting) return;
    this.isResting = false;
    const { agenda, fleets } = this.props;
    const next = Math.ceil(agenda.now / this.pollMs) * this.pollMs;
    for (const fleet of fleets) fleet.hasLookedAt(next - this.pollMs);
    agenda.at(next, () => this.invoke(toMinute(next)));
  }

  /** One invocation, from its minute's first look that has not been yet; a second one, which AWS may deliver, looks a little later. */
  private invoke(minute: number): void {
    const { agenda, random, faults, fleets } = this.props;
    const looks = Math.max(1, Math.floor(MINUTE_MS / this.pollMs));
    const killedAfter = random.chance(faults.invocationsKilled)
      ? Math.floor(random.next() * looks)
      : undefined;
    const later = random.chance(faults.invocationsTwice) ? random.between(0, this.pollMs) : undefined;
    const poll = (index: number) => {
      if (index === killedAfter) for (const fleet of fleets) fleet.forget();
      if (killedAfter === undefined || index < killedAfter) this.look('first');
      if (later !== undefined) agenda.in(later / 1000, () => this.look('second'));
      // The next looks would see the same; they are left out, for they are most of the work.
      if (fleets.every(({ mayRest }) => mayRest)) {
        this.rest();
        return;
      }
      const next = minute + (index + 1) * this.pollMs;
      agenda.at(next, () => (index + 1 < looks ? poll(index + 1) : this.invoke(agenda.now)));
    };
    poll(Math.floor((agenda.now - minute) / this.pollMs));
  }

  /** Opening times and hours of the day change what is wanted, too; they begin at full minutes. */
  private rest(): void {
    this.isResting = true;
    const { agenda, fleets } = this.props;
    if (fleets.every(({ settings: { hours, warm } }) => !hours && typeof warm === 'number')) return;
    agenda.at(toMinute(agenda.now) + MINUTE_MS, () => this.touch());
  }

  private look(process: Process): void {
    const { fleets, concurrency, onLook } = this.props;
    const views = fleets.map((fleet) => fleet.see(process));
    const outcomes = decideTogether(views, concurrency);
    fleets.forEach((fleet, index) => {
      const view = views[index] as View;
      const outcome = outcomes[index] as Outcome;
      onLook({ at: view.now, demand: view.demand, capacity: view.capacity, outcome }, fleet);
      fleet.act(process, view, outcome);
    });
  }
}
