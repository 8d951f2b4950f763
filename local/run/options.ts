import type { CiName } from './ci/local-cis';

/** What the user may vary on `make local`, read from make's variables. */
export interface Options {
  /** Jobs to enqueue; lengths are spread deterministically. Default 4. */
  jobs: number;
  /** Instances at most. Default: what config/local.yaml says. */
  max: number | undefined;
  /** YAML or JSON file of jobs of one's own: a list of {name, seconds, command}. */
  jobsFile: string | undefined;
  /** The CIs whose fleets take part. Default: circleci. */
  cis: CiName[];
  /** Keep the local cloud up after the jobs until Enter or Ctrl-C, to look around. */
  keep: boolean;
}

const CIS: readonly CiName[] = ['circleci', 'gitlab', 'nomad'];

type Variables = Record<string, string | undefined>;

export function parseOptions(variables: Variables): Options {
  const problems: string[] = [];
  const whole = (key: string, least: number, most: number): number | undefined => {
    const text = variables[key]?.trim();
    if (!text) return undefined;
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    problems.push(
      `${key}=${text}: use a whole number from ${least} to ${most}, such as make local ${key}=${least + 2}`,
    );
    return undefined;
  };
  const jobs = whole('JOBS', 1, 200);
  const max = whole('MAX', 1, 20);
  const jobsFile = variables.JOBS_FILE?.trim() || undefined;
  if (jobsFile && jobs !== undefined) problems.push('JOBS and JOBS_FILE exclude each other: leave one out');
  const asked = (variables.FLEETS?.trim() || 'circleci').split(',').map((ci) => ci.trim());
  const cis = asked.includes('all') ? CIS : CIS.filter((ci) => asked.includes(ci));
  const unknown = asked.filter((ci) => ci !== 'all' && !CIS.some((known) => known === ci));
  if (unknown.length > 0)
    problems.push(`FLEETS=${variables.FLEETS}: use ${CIS.join(', ')} or all, separated by commas`);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return { jobs: jobs ?? 4, max, jobsFile, cis: [...cis], keep: Boolean(variables.KEEP?.trim()) };
}
