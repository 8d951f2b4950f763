import type { Clock } from '../../../../clock/clock';
import type { Round } from '../../ports';
import type { Pages } from './pages';
import type { Job } from './shapes';

/** One fleet whose runner does not answer must not use up the time of the others. */
const PATIENCE_MS = 1_000;

interface State {
  read: number;
  allRead: Promise<void>;
  tell(): void;
  shared: Map<string, Pages<Job>>;
}

/** What the fleets of one round share: the lists of waiting jobs, and the moment from which these may be read. */
export function createRounds({ sleep }: Pick<Clock, 'sleep'>) {
  const states = new WeakMap<Round, State>();

  const stateOf = (round: Round): State => {
    const known = states.get(round);
    if (known) return known;
    let tell = () => {};
    const allRead = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const state = { read: 0, allRead, tell, shared: new Map() };
    states.set(round, state);
    return state;
  };

  return {
    /** Called by each fleet when it has read what runs: goes on when all have. */
    async untilAllRead(round: Round, signal: AbortSignal): Promise<void> {
      const state = stateOf(round);
      state.read += 1;
      if (state.read >= round.fleets) return state.tell();
      const ended = new AbortController();
      const end = () => ended.abort();
      signal.addEventListener('abort', end, { once: true });
      await Promise.race([state.allRead, sleep(PATIENCE_MS, ended.signal)]);
      signal.removeEventListener('abort', end);
      ended.abort();
    },
    share(round: Round, key: string, read: () => Pages<Job>): Pages<Job> {
      const { shared } = stateOf(round);
      const pages = shared.get(key) ?? read();
      shared.set(key, pages);
      return pages;
    },
  };
}
