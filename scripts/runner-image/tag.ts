/** The tag of a runner image says what is in it and when it was built; ECR lets no tag be used twice. */

export interface Build {
  /** Of GitHub's runner, as provision/pins.env has it. */
  runnerVersion: string;
  /** Milliseconds since 1970. */
  builtAt: number;
  /** As read-commit.ts tells it. */
  commit: string;
}

/** '2.330.0-20261121-031502-0123456789ab' */
export function toTag({ runnerVersion, builtAt, commit }: Build): string {
  const [day, time] = new Date(builtAt)
    .toISOString()
    .replace(/[-:]|\.\d+Z$/g, '')
    .split('T');
  return `${runnerVersion}-${day}-${time}-${commit.replace(/[^\w.-]/g, '_')}`;
}
