/**
 * What GitHub did not do. The message holds what was asked, what was answered and the remedy; nothing that was sent.
 * `status` is undefined when there was no answer; `passing`: the same may work a little later.
 */
export class GithubError extends Error {
  override readonly name = 'GithubError';
  constructor(
    readonly status: number | undefined,
    what: string,
    readonly remedy: string,
    readonly passing = false,
  ) {
    super(`${what} ${remedy}`);
  }
}
