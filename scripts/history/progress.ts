/** One line that tells how far it is: rewritten on a terminal, in a log written now and then. */
export interface Progress {
  /** How far it is now. */
  tell(line: string): void;
  /** What stays. */
  say(line: string): void;
  end(): void;
}

const TERMINAL_MS = 200;
const LOG_MS = 15_000;

export function createProgress(
  output: { isTTY?: boolean; write: (text: string) => unknown },
  now: () => number,
): Progress {
  let told = Number.NEGATIVE_INFINITY;
  let last = '';
  const clear = () => {
    if (output.isTTY && last !== '') output.write('\r\u001b[K');
  };
  return {
    tell(line) {
      if (now() - told < (output.isTTY ? TERMINAL_MS : LOG_MS)) return;
      told = now();
      clear();
      output.write(output.isTTY ? line : `${line}\n`);
      last = line;
    },
    say(line) {
      clear();
      output.write(`${line}\n`);
      if (output.isTTY) output.write(last);
    },
    end() {
      clear();
      last = '';
    },
  };
}
