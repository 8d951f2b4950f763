/** Titled steps with the time they took, so that a user sees what happens and where the time went. */
export interface Steps {
  taken: { title: string; seconds: number }[];
  run<T>(title: string, work: () => Promise<T>): Promise<T>;
}

interface Ports {
  now: () => number;
  print: (line: string) => void;
  /** Asked before each step: throws when the user wants to stop. */
  signal: AbortSignal;
}

export function makeSteps({ now, print, signal }: Ports): Steps {
  const taken: Steps['taken'] = [];
  return {
    taken,
    async run(title, work) {
      signal.throwIfAborted();
      const start = now();
      print(`▸ ${title}`);
      try {
        return await work();
      } finally {
        const seconds = (now() - start) / 1000;
        taken.push({ title, seconds });
        print(`  ${seconds.toFixed(1)} s`);
      }
    },
  };
}
