/** A failure that an operator can act on: the message says what was wrong and what to do, so no stack trace is shown. */
export class ExpectedError extends Error {
  override readonly name = 'ExpectedError';
}
