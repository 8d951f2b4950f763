import type { Clock } from '../../../../clock/clock';
import type { Github } from '../../../../github/types';
import type { Attempts } from '../attempts';
import type { Aws } from '../aws/clients';

export interface Ports {
  github: Github;
  aws: () => Aws;
  clock: Clock;
  /** Aborted when the work is to end; its reason is the sentence that says why. */
  signal: AbortSignal;
  /** When that will be at the latest, milliseconds since 1970. */
  deadline: number;
  say: (line: string) => void;
  mask: (secret: string) => void;
  attempts: Attempts;
  /** Rejects when no runner may be started any more. */
  verifyOpen: () => Promise<void>;
  /** So many random bytes, as hexadecimal characters. */
  random: (bytes: number) => string;
}
