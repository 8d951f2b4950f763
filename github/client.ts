import type { Github, GithubOptions } from './types';

export function createGithub(_options: GithubOptions): Github {
  throw new Error('not yet');
}
