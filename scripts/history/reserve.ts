/** Of the requests that a token has, this share is left to those who need it at once: the scaler and the housekeeper. */
const RESERVE = 0.1;

/**
 * How long to ask nothing, in milliseconds, because few requests are left until the count starts anew. GitLab says so in
 * RateLimit-*, GitHub in X-RateLimit-* (seconds since 1970); CircleCI says nothing.
 */
export function toReserveQuiet(headers: Headers, now: number): { wait: number; why: string } {
  const read = (name: string): number | undefined => {
    const text = (headers.get(`ratelimit-${name}`) ?? headers.get(`x-ratelimit-${name}`))?.trim() ?? '';
    return /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const [limit, remaining, reset] = [read('limit'), read('remaining'), read('reset')];
  if (limit === undefined || remaining === undefined || reset === undefined || remaining > limit * RESERVE)
    return { wait: 0, why: '' };
  // Measured from the server's own clock, for ours may be wrong.
  const told = Date.parse(headers.get('date') ?? '');
  const wait = Math.max(0, reset * 1000 - (Number.isNaN(told) ? now : told));
  return { wait, why: `${remaining} of its ${limit} requests are left, which stay for the fleets` };
}
