/** Time and voice of a script that waits. */
export interface Pace {
  /** Milliseconds since 1970. */
  now: () => number;
  sleep: (milliseconds: number) => Promise<void>;
  print: (line: string) => void;
}
