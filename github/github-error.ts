/**
 * What GitHub did not do. The message holds what was asked, what was answered and the remedy; nothing that was sent.
 * `status` is undefined when there was no answer.
 */
export class GithubError extends Error {
  override readonly name = 'GithubError';
  constructor(
    readonly status: number | undefined,
    what: string,
    readonly remedy: string,
  ) {
    super(`${what} ${remedy}`);
  }
}
