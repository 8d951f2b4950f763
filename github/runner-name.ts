/**
 * The one identifier of a runner: its name at GitHub, its own label (`runs-on: [self-hosted, <label>]`) and the
 * `startedBy` of its task, so that everybody finds the one from the other.
 */

/** What GitHub takes for a runner's name; `startedBy` may have 128, of letters, digits, - / and _. */
const MOST_CHARACTERS = 64;

export interface RunnerName {
  rule: string;
  /** Milliseconds since 1970, in whole seconds. */
  mintedAt: number;
}

/**
 * muster-<environment>-<rule>-<seconds since 1970 in base 36>-<8 hexadecimal characters>.
 *
 * @param random 8 hexadecimal characters
 * @throws Error when environment and rule are too long together
 */
export function buildRunnerName(name: RunnerName & { environment: string; random: string }): string {
  const { environment, rule, mintedAt, random } = name;
  const built = `muster-${environment}-${rule}-${Math.floor(mintedAt / 1000).toString(36)}-${random}`;
  if (built.length <= MOST_CHARACTERS) return built;
  throw new Error(
    `The runner's name ${built} has ${built.length} characters, GitHub takes ${MOST_CHARACTERS}. Shorten the environment or the rule in the config.`,
  );
}

/** What a runner's name says, whatever its rule; null when it is none of this environment, which has no dash (config/load.ts). */
export function parseAnyRunnerName(name: string, environment: string): RunnerName | null {
  const prefix = `muster-${environment}-`;
  if (!name.startsWith(prefix)) return null;
  // Neither of the last two parts has a dash, so that whatever is before them is the rule.
  const [, rule, seconds] = /^(.+)-([0-9a-z]{6,7})-[0-9a-f]{8}$/.exec(name.slice(prefix.length)) ?? [];
  return rule && seconds ? { rule, mintedAt: Number.parseInt(seconds, 36) * 1000 } : null;
}

/** The same for who has to know the rule: null also when it is none of `rules`. */
export function parseRunnerName(
  name: string,
  { environment, rules }: { environment: string; rules: readonly string[] },
): RunnerName | null {
  const parsed = parseAnyRunnerName(name, environment);
  return parsed && rules.includes(parsed.rule) ? parsed : null;
}
