/** What the drain Lambda needs of the world. The entry makes the real ones, tests their own. */
import type { Clock } from '../../clock/clock';
import type { Log } from '../scaler/ports';
import type { Life, Member, Seen, Sent } from './core/types';
import type { METRICS } from './settings';

export type Counts = Partial<Record<(typeof METRICS)[keyof typeof METRICS], number>>;

export interface Ports extends Pick<Clock, 'now'> {
  /** Undefined when no group has the instance. @throws what AWS answers */
  readMember(instance: string): Promise<Member | undefined>;
  /** @throws what AWS answers */
  readMachine(instance: string): Promise<Seen['machine']>;
  /** Waits some seconds for the instance to begin. Never throws. */
  sendDrain(instance: string): Promise<Sent>;
  /** Whether its journal had a line since a time (milliseconds since 1970). Never throws. */
  readLife(logGroup: string, instance: string, since: number): Promise<Life>;
  /** over: nothing waits any more. @throws what AWS answers */
  completeHook(group: string, instance: string): Promise<'completed' | 'over'>;
  log: Log;
  publishMetrics(counts: Counts): void;
}
