import type { Clock } from '../../../clock/clock';
import type { Token, Tokens } from '../ports';

/** A token that was changed works within these minutes, one that the CI refuses at once. */
const KEEP_MS = 5 * 60_000;
/** A secret that cannot be read is asked for again in the next poll, not by every fleet in this one. */
const KEEP_PROBLEM_MS = 5_000;
/** A token that stays refused is looked up once a minute. */
const RENEW_MS = 60_000;

interface Entry {
  at: number;
  token: Promise<Token>;
}

/** Keeps API tokens in memory, one request for all fleets of an account. `readSecret` never throws. */
export function keepTokens(
  readSecret: (name: string) => Promise<Token>,
  { now }: Pick<Clock, 'now'>,
): Tokens {
  const entries = new Map<string, Entry>();
  const renewedAt = new Map<string, number>();

  const fetch = (name: string): Promise<Token> => {
    const token = readSecret(name);
    entries.set(name, { at: now(), token });
    return token;
  };
  return {
    async read(name) {
      const entry = entries.get(name);
      if (!entry) return fetch(name);
      const age = now() - entry.at;
      const token = await entry.token;
      if (age < (token.kind === 'token' ? KEEP_MS : KEEP_PROBLEM_MS)) return token;
      // Another fleet may have asked while this one awaited.
      return entries.get(name) === entry ? fetch(name) : this.read(name);
    },
    async renew(name, refused) {
      const token = await this.read(name);
      if (token.kind !== 'token' || token.value !== refused) return token;
      if (now() - (renewedAt.get(name) ?? -Infinity) < RENEW_MS) return entries.get(name)?.token ?? token;
      renewedAt.set(name, now());
      return fetch(name);
    },
  };
}
