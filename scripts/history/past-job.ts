/** A job that a CI ran. */
export interface PastJob {
  /** When it could have begun, had an instance been there: milliseconds since 1970. */
  submitted: number;
  /** Seconds that it ran, without its waiting. */
  duration: number;
  /** Seconds that it waited. */
  waited: number;
  /** Fleet of the config, or rule of githubEcs. */
  fleet: string;
}

/** Milliseconds since 1970; the end is not part of it. */
export interface Window {
  since: number;
  until: number;
}

interface Times {
  /** ISO 8601. */
  submitted: string;
  started: string | null | undefined;
  stopped: string | null | undefined;
}

/** What a CI lists by the time of its creation may have been submitted later: by an approval, a stage, another try. */
export const LATE_MS = 86_400_000;

/** The job, or undefined when it never ran, still runs, or was submitted outside the window. */
export function toPastJob(
  { submitted, started, stopped }: Times,
  fleet: string,
  { since, until }: Window,
): PastJob | undefined {
  if (!started || !stopped) return undefined;
  const [begin, end] = [Date.parse(started), Date.parse(stopped)];
  // Clocks of several servers: a job that began was submitted.
  const from = Math.min(Date.parse(submitted), begin);
  if (Number.isNaN(from + end) || end < begin || from < since || from >= until) return undefined;
  return { submitted: from, duration: (end - begin) / 1000, waited: (begin - from) / 1000, fleet };
}
