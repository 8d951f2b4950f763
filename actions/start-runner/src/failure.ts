/** What went wrong outside of this program: the message says what, the value seen, and the remedy. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

/** The work was cut short, by a signal or by the deadline: what is left behind the post step removes. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}
