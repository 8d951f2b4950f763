import type { Clock } from '../../../clock/clock';
import { withDeadline } from '../../scaler/deadline';

/** For one call with the retries of the SDK. The longest way through a message makes five, and Lambda waits two minutes. */
const CALL_MS = 12_000;

/** @throws what AWS answers, or that it does not answer */
export const limitCall = <T>(
  clock: Clock,
  what: string,
  call: (options: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> =>
  withDeadline(
    clock,
    CALL_MS,
    (abortSignal) => call({ abortSignal }),
    () => {
      throw new Error(`${what}: AWS gave no answer within ${CALL_MS / 1000} s.`);
    },
  );

/** One line for a log. */
export const toDetail = (what: string, error: unknown): string => {
  const { name, message } = error as Error;
  return `${what}: ${name}: ${message}`.slice(0, 300);
};
