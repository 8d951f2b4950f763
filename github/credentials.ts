import type { GithubCredentials } from './types';

/**
 * A GitHub App as JSON {"appId", "privateKey"}, or a fine-grained token (github_pat_…).
 * @throws Error that names what is wrong, and nothing of what is there
 */
export function parseGithubCredentials(_text: string): GithubCredentials {
  throw new Error('not yet');
}
