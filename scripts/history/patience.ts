/** Asks a CI thousands of questions without being a nuisance: paced, quiet when told to, and again after what passes. */
import pLimit from 'p-limit';
import type { Clock } from '../../clock/clock';
import type { Problem } from '../../lambda/scaler/core/reasons';
import { ExpectedError } from '../expected-error';
import { toReserveQuiet } from './reserve';

export interface Body {
  kind: 'body';
  text: string;
  headers: Headers;
}

export type Attempt =
  | Body
  /** What passes. `wait`: milliseconds that the CI asked for; undefined when it did not say. */
  | { kind: 'again'; seen: string; why: 'too-many' | 'failed'; wait: number | undefined }
  /** What does not. The caller tells what it means. */
  | { kind: 'refused'; status: number; seen: string; problem?: Problem };

export type Answer = Exclude<Attempt, { kind: 'again' }>;

export interface Limits {
  /** As people call the CI. */
  name: string;
  requestsPerMinute: number;
  /** Requests under way at once. */
  atOnce: number;
}

export interface Patience {
  ask(attempt: () => Promise<Attempt>): Promise<Answer>;
  readonly requests: number;
}

/** Waits 1, 2, 4, 8 and 16 s between them: a restart of a load balancer passes, an outage is told. */
const MOST_FAILURES = 6;
/** Refusals in a row for too many requests, of one question. */
const MOST_REFUSALS = 12;
const FIRST_MS = 1_000;
const LONGEST_BACK_OFF_MS = 60_000;
/** Longer than this no failure may make us wait, whatever it says. */
const LONGEST_PAUSE_MS = 5 * 60_000;
/** GitHub's limits start anew each hour; who asks for more than this is out of order. */
const LONGEST_QUIET_MS = 65 * 60_000;
/** Shorter quiet is not worth a line. */
const TOLD_MS = 10_000;

/** @param say hears of what makes it wait long */
export function createPatience(limits: Limits, { now, sleep }: Clock, say: (line: string) => void): Patience {
  const { name, requestsPerMinute, atOnce } = limits;
  const limit = pLimit(atOnce);
  const over = new AbortController();
  const gap = 60_000 / requestsPerMinute;
  let turn = 0;
  let quietUntil = 0;
  let requests = 0;

  const beQuiet = (wait: number, why: string) => {
    const until = now() + wait;
    // One line for all that are told so at once.
    if (wait >= TOLD_MS && until > quietUntil + TOLD_MS)
      say(`${name}: ${why}; goes on in ${toDuration(wait)}, at ${toClock(until)}`);
    quietUntil = Math.max(quietUntil, until);
  };
  const takeTurn = async () => {
    const mine = Math.max(turn, now());
    turn = mine + gap;
    const left = () => Math.max(mine, quietUntil) - now();
    while (left() > 0 && !over.signal.aborted) await sleep(left(), over.signal);
    // Another question has failed for good: this one is not asked.
    over.signal.throwIfAborted();
    requests += 1;
  };
  const askOne = async (attempt: () => Promise<Attempt>): Promise<Answer> => {
    let failures = 0;
    let refusals = 0;
    for (;;) {
      await takeTurn();
      const answer = await attempt();
      if (answer.kind === 'body') {
        const { wait, why } = toReserveQuiet(answer.headers, now());
        if (wait > 0) beQuiet(Math.min(wait, LONGEST_QUIET_MS), why);
        return answer;
      }
      if (answer.kind === 'refused') return answer;
      if (answer.why === 'too-many') {
        refusals += 1;
        // Told a second by every answer, it would be asked every second.
        const wait = Math.max(answer.wait ?? 0, backOff(refusals));
        if (refusals > MOST_REFUSALS || wait > LONGEST_QUIET_MS)
          throw new ExpectedError(
            `${name}: ${answer.seen}, ${refusals} times in a row; now it wants quiet for ${toDuration(wait)}. See what else asks it with the same token, and run the same again later.`,
          );
        beQuiet(wait, 'too many requests for now');
      } else {
        failures += 1;
        if (failures === MOST_FAILURES)
          throw new ExpectedError(
            `${name}: ${answer.seen}, ${failures} times in a row. See its status page and the network of this machine.`,
          );
        await sleep(Math.min(Math.max(answer.wait ?? 0, backOff(failures)), LONGEST_PAUSE_MS), over.signal);
      }
    }
  };
  return {
    ask: (attempt) =>
      limit(() => askOne(attempt)).catch((error: unknown) => {
        over.abort(error);
        throw error;
      }),
    get requests() {
      return requests;
    },
  };
}

const backOff = (times: number) => Math.min(FIRST_MS * 2 ** (times - 1), LONGEST_BACK_OFF_MS);
const toClock = (at: number) => `${new Date(at).toISOString().slice(11, 16)} UTC`;
export const toDuration = (ms: number) =>
  ms < 120_000 ? `${Math.ceil(ms / 1000)} s` : `${Math.ceil(ms / 60_000)} min`;
