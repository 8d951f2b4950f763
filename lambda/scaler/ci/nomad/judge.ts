import type { Judge } from '../ask';

/**
 * What Nomad's errors mean, whose bodies are plain text. 403 covers both an unknown token and one that may not; only the
 * former may be cured by reading the secret again, and Nomad says which.
 */
export const judge: Judge = (status, text) => {
  if (status === 401) return { problem: 'token-refused', seen: 'status 401' };
  if (status === 403)
    return /token not found|token expired/i.test(text)
      ? { problem: 'token-refused', seen: 'status 403: ACL token not found' }
      : { problem: 'access-missing', seen: 'status 403: Permission denied' };
  return status === 404 ? { problem: 'pool-missing', seen: 'status 404' } : undefined;
};
