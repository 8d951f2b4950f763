import type { Clock } from '../../clock/clock';
import type { Piece } from './collect';
import type { Window } from './past-job';

/** What reads the history of one account. */
export interface Reading {
  pieces: AsyncIterable<Piece>;
  /** Requests made so far. */
  readonly requests: number;
}

export interface Ports {
  clock: Clock;
  window: Window;
  /** Hears what the operator should know and what stops nothing. */
  say(line: string): void;
  /** Hears of what was there and is of no fleet, such as "resource class large". */
  miss(what: string): void;
}
