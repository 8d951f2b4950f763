/** What the Listener says, in the real one's words: the entry point of our image listens to them. */
export const say = (line: string) => console.log(line);

/** '2026-11-21 03:15:02Z: Listening for Jobs' */
export const sayTime = (line: string) =>
  say(`${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z: ${line}`);

/** The Listener ends with this status, after its last words. */
export class Ended extends Error {
  constructor(
    readonly status: number,
    message = '',
  ) {
    super(message);
  }
}
