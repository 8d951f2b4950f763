import { parse } from 'yaml';
import { z } from 'zod';

const job = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,64}$/, 'use 1 to 64 letters, digits, dots, dashes and underscores'),
  seconds: z.number().min(0).max(3600).default(0).describe('How long the job takes, after its command'),
  command: z.string().optional().describe('Shell command that the job runs, as the job user, on the machine'),
});

export interface Job {
  name: string;
  /** Seconds that the job takes, after its command. */
  seconds: number;
  command: string | null;
}

/** Lengths of the jobs of `JOBS=n`: short, so that a look stays short, and different, so that fleets breathe. */
const LENGTHS = [8, 14, 5, 11, 3, 17, 6, 9];

export const buildJobs = (count: number): Job[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `job-${index + 1}`,
    seconds: LENGTHS[index % LENGTHS.length] ?? 5,
    command: 'echo "hello from $(hostname), running as $(id -un)"',
  }));

export function parseJobs(text: string, file: string): Job[] {
  let content: unknown;
  try {
    content = parse(text);
  } catch (cause) {
    throw new Error(`${file} is neither YAML nor JSON: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
  const result = z.array(job).min(1).safeParse(content);
  if (!result.success) {
    throw new Error(
      `${file} is not a list of jobs (name, seconds, command):\n${z.prettifyError(result.error)}\nFor example: [{name: build, seconds: 5, command: make}]`,
    );
  }
  const names = result.data.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice)
    throw new Error(
      `${file} has two jobs named ${twice}: give each its own name, their logs are kept by name.`,
    );
  return result.data.map(({ name, seconds, command }) => ({ name, seconds, command: command ?? null }));
}

/** What the agent is given: the command, and then the seconds, unless the command failed. */
export const toTask = <Given extends { seconds: number; command?: string | null }>(job: Given) => ({
  ...job,
  command:
    job.command && job.seconds > 0 ? `(\n${job.command}\n) && sleep ${job.seconds}` : (job.command ?? null),
});
