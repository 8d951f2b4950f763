/** Session tokens of the metadata service, version 2 only. A token is good for the machine that asked for it. */
import { randomBytes } from 'node:crypto';

const MAX_TTL_SECONDS = 21_600;

export class SessionTokens {
  private readonly tokens = new Map<string, { from: string; expiresAt: number }>();

  /** A token for a time to live in seconds as sent by the machine, or null when that is not 1 to 21600. */
  issue(from: string, ttlSeconds: number, now: number): string | null {
    if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > MAX_TTL_SECONDS) return null;
    for (const [token, { expiresAt }] of this.tokens) if (expiresAt <= now) this.tokens.delete(token);
    const token = randomBytes(32).toString('base64url');
    this.tokens.set(token, { from, expiresAt: now + ttlSeconds * 1000 });
    return token;
  }

  isValid(token: string, from: string, now: number): boolean {
    const known = this.tokens.get(token);
    return known !== undefined && known.from === from && known.expiresAt > now;
  }
}
