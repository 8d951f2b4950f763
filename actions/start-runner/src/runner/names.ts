import { buildRunnerName } from '../../../../github/runner-name';
import type { StartRunnerSettings } from '../../settings';

export interface Names {
  /** Name at GitHub, own label, and `startedBy` of the task. */
  runner: string;
  labels: string[];
  secret: string;
}

/** @param random so many random bytes, as hexadecimal characters */
export function buildNames(
  { environment, rule, architecture, jitSecretPrefix }: StartRunnerSettings,
  now: number,
  random: (bytes: number) => string,
): Names {
  const runner = buildRunnerName({ environment, rule, mintedAt: now, random: random(4) });
  return {
    runner,
    labels: ['self-hosted', 'linux', architecture, runner],
    secret: `${jitSecretPrefix}${random(16)}`,
  };
}
