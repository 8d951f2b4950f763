/** Little facts about processes. */
import { readFileSync } from 'node:fs';

/** systemd's signal for "power off" to the init process of a machine; Linux's first real-time signal for us is 34. */
export const POWEROFF = 34 + 4;

export function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
