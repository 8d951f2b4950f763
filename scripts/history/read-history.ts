import type { Clock } from '../../clock/clock';
import { ExpectedError } from '../expected-error';
import { readCircleci } from './circleci';
import { collect } from './collect';
import { readGithub } from './github';
import { readGitlab } from './gitlab';
import { type Journal, openJournal } from './journal';
import type { Account, HistoryOptions } from './options';
import type { PastJob } from './past-job';
import type { Progress } from './progress';
import { parseCredentials, verifyToken } from './read-secret';
import type { Ports, Reading } from './reading';

interface World {
  clock: Clock;
  progress: Progress;
  /** Text of a secret of Secrets Manager. */
  readSecret: (name: string) => Promise<string>;
}

export interface History {
  jobs: PastJob[];
  journal: Journal;
  /** How often what was there and is of no fleet, the most frequent first. */
  missed: [what: string, times: number][];
  requests: number;
}

const DAY_MS = 86_400_000;
const CI = { circleci: 'CircleCI', gitlab: 'GitLab', github: 'GitHub' };

/** The jobs of the last days of all accounts, read one account after the other. */
export async function readHistory(options: HistoryOptions, world: World): Promise<History> {
  const { clock, progress, readSecret } = world;
  const until = clock.now();
  const file = `${options.out}.partial`;
  const journal = openJournal(file, options.of, { since: until - options.days * DAY_MS, until });
  if (journal.kept > 0)
    progress.say(
      `An earlier run, up to ${toMinute(journal.window.until)}, is gone on with: ${journal.kept} pieces are there. Remove ${file} to begin anew.`,
    );
  const missed = new Map<string, number>();
  const miss = (what: string) => missed.set(what, (missed.get(what) ?? 0) + 1);
  const ports: Ports = { clock, window: journal.window, say: progress.say, miss };
  const jobs: PastJob[] = [];
  let requests = 0;
  try {
    for (const account of options.accounts) {
      const reading = open(account, account.secret, await readSecret(account.secret), ports);
      const total = { jobs: 0, back: Number.POSITIVE_INFINITY };
      const found = await collect(reading.pieces, journal, ({ at }, more) => {
        total.jobs += more.length;
        total.back = Math.min(total.back, at ?? Number.POSITIVE_INFINITY);
        const back = Number.isFinite(total.back) ? `back to ${toMinute(total.back)}, ` : '';
        progress.tell(
          `${CI[account.ci]} ${account.name}: ${back}jobs: ${count(total.jobs)}, requests: ${count(reading.requests)}`,
        );
      });
      // Not jobs.push(...found): arguments are limited.
      for (const job of found) jobs.push(job);
      requests += reading.requests;
    }
  } catch (cause) {
    progress.end();
    if (!(cause instanceof ExpectedError)) throw cause;
    throw new ExpectedError(
      `${cause.message}\nWhat was read is kept in ${file}: run the same again within 12 hours and it goes on from there.`,
      { cause },
    );
  }
  progress.end();
  return { jobs, journal, missed: [...missed].sort(([, one], [, other]) => other - one), requests };
}

function open(account: Account, secret: string, text: string, ports: Ports): Reading {
  if (account.ci === 'github') return readGithub(account, parseCredentials(secret, text), ports);
  const token = verifyToken(secret, text);
  return account.ci === 'gitlab' ? readGitlab(account, token, ports) : readCircleci(account, token, ports);
}

export const toMinute = (at: number) => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
export const count = (number: number) => number.toLocaleString('en-US');
