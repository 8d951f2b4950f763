/** What `make simulate` is asked for; every problem at once. */
import { ExpectedError } from '../expected-error';

export interface SimulateOptions {
  fleet: string | undefined;
  trace: string | undefined;
  jobs: number;
  days: number;
  /** Jobs of a burst, of those that are made up. */
  burst: { least: number; most: number };
  seed: number;
  faults: 'none' | 'usual';
  price: number | undefined;
  boot: { median: number; p95: number };
  isAdvising: boolean;
  isJson: boolean;
  page: string | undefined;
}

export function readOptions(variables: NodeJS.ProcessEnv): SimulateOptions {
  const problems: string[] = [];
  const number = (name: string, fallback: number, least: number, most: number): number => {
    const text = variables[name];
    if (!text) return fallback;
    const value = Number(text);
    if (Number.isFinite(value) && value >= least && value <= most) return value;
    problems.push(`${name}=${text}: use a number from ${least} to ${most}`);
    return fallback;
  };
  const faults = variables.FAULTS || 'none';
  if (faults !== 'none' && faults !== 'usual') problems.push(`FAULTS=${faults}: use none or usual`);
  const [least = 10, most = 60] = readBurst(variables.BURST, problems);
  const median = number('BOOT', 45, 1, 3600);
  const options: SimulateOptions = {
    fleet: variables.FLEET || undefined,
    trace: variables.TRACE || undefined,
    jobs: number('JOBS', 10_000, 1, 10_000_000),
    days: number('DAYS', 7, 1, 366),
    burst: { least, most },
    seed: number('SEED', 1, 0, 2 ** 32),
    faults: faults === 'usual' ? 'usual' : 'none',
    price: variables.PRICE ? number('PRICE', 0, 0.0001, 1000) : undefined,
    boot: { median, p95: number('BOOT_P95', Math.round(median * 1.56), median, 7200) },
    isAdvising: variables.ADVISE === '1',
    isJson: variables.JSON === '1',
    page: variables.PAGE || undefined,
  };
  if (problems.length > 0) throw new ExpectedError(problems.join('\n'));
  return options;
}

function readBurst(text: string | undefined, problems: string[]): number[] {
  if (!text) return [];
  const [least = 0, most = 0] = (/^(\d{1,4})-(\d{1,4})$/.exec(text) ?? []).slice(1).map(Number);
  if (least >= 1 && most >= least) return [least, most];
  problems.push(`BURST=${text}: use from how many to how many jobs, such as 10-60; 1-1 for none`);
  return [];
}
