import { type Clock, realClock } from '../../clock/clock';
import { ask, type Judge } from '../../lambda/scaler/ci/ask';
import type { Attempt } from './patience';

/** Long lists of old jobs take GitLab's database seconds. */
const TIMEOUT_MS = 30_000;

/** One GET as the scaler makes it, for who has more time than a poll. */
export async function askJson(
  address: string,
  headers: Readonly<Record<string, string>>,
  { now }: Pick<Clock, 'now'>,
  judge: Judge = () => undefined,
): Promise<Attempt> {
  let refused = 0;
  const noteStatus: Judge = (status, text) => {
    refused = status;
    return judge(status, text) ?? { problem: 'unexpected-answer', seen: `status ${status}` };
  };
  const { signal } = new AbortController();
  // The time that a request takes is real, whatever clock the waits between requests go by.
  const { sleep } = realClock;
  const asked = { address, headers, judge: noteStatus, timeoutMs: TIMEOUT_MS, signal, sleep, now };
  const answer = await ask({ ...asked, random: Math.random });
  if (answer.kind === 'body') return answer;
  const { problem, detail } = answer.unknown;
  if (refused !== 0) return { kind: 'refused', status: refused, seen: detail, problem };
  const why = problem === 'rate-limited' ? 'too-many' : 'failed';
  return { kind: 'again', seen: detail, why, wait: answer.wait };
}
