import type { Github, GithubOptions } from './client';

export function createGithub(_options: GithubOptions): Github {
  throw new Error('not yet');
}
