/**
 * Jobs of the past from GitHub: workflow runs → jobs, in the repositories of githubEcs. A job is of a rule when it ran on a
 * runner that the rule had started; or, for those who ran their jobs elsewhere so far, by labels that they name.
 */
import * as z from 'zod/mini';
import { parseRunnerName } from '../../github/runner-name';
import type { GithubCredentials } from '../../github/types';
import type { Piece } from './collect';
import { createGet } from './github-access';
import { LATE_MS, type PastJob, toPastJob } from './past-job';
import { createPatience } from './patience';
import type { Ports, Reading } from './reading';

export interface GithubAccount {
  ci: 'github';
  name: string;
  baseUrl: string;
  environment: string;
  rules: readonly { name: string; repository: string }[];
  /** All of them, in any case, make a job one of the rule's; none: only jobs on the rule's own runners are. */
  labels: readonly string[];
}

/** GitHub asks for one request after the other, and allows 900 a minute (docs.github.com, rate limits for the REST API). */
const LIMITS = { name: 'GitHub', requestsPerMinute: 600, atOnce: 1 };
const PER_PAGE = 100;
/** "This API will return up to 1,000 results for each search when using … created." */
const MOST_RESULTS = 1_000;
/** Below this a span is not cut again: so many runs in so little time nobody has. */
const SHORTEST_MS = 60_000;

const runs = z.object({
  total_count: z.number(),
  workflow_runs: z.array(z.object({ id: z.number(), created_at: z.string(), updated_at: z.string() })),
});
const job = z.object({
  name: z.string(),
  /** Absent on old servers. */
  created_at: z.optional(z.nullable(z.string())),
  started_at: z.nullable(z.string()),
  completed_at: z.nullable(z.string()),
  labels: z.array(z.string()),
  /** 0 or null: it never had one. */
  runner_id: z.optional(z.nullable(z.number())),
});
const jobsOfRun = z.object({ jobs: z.array(job) });
type Job = z.infer<typeof job>;

export function readGithub(account: GithubAccount, credentials: GithubCredentials, ports: Ports): Reading {
  const { clock, window, say, miss } = ports;
  const { baseUrl, environment } = account;
  const patience = createPatience(LIMITS, clock, say);
  const get = createGet({ baseUrl, credentials, clock, patience, account: account.name });
  const labels = account.labels.map((label) => label.toLowerCase());

  const toPast = (one: Job, rules: readonly string[]): PastJob | undefined => {
    if (!one.runner_id || !one.started_at) return undefined;
    const own = one.labels.flatMap((label) => parseRunnerName(label, { environment, rules }) ?? [])[0];
    const worn = one.labels.map((label) => label.toLowerCase());
    const isNamed = labels.length > 0 && labels.every((label) => worn.includes(label));
    const rule = own?.rule ?? (isNamed ? rules[0] : undefined);
    if (rule === undefined) {
      miss(`labels ${one.labels.join(',')}`);
      return undefined;
    }
    // A job on a runner of ours is created when that is online; it was wanted when the runner was asked for.
    const submitted = own ? new Date(own.mintedAt).toISOString() : (one.created_at ?? one.started_at);
    return toPastJob({ submitted, started: one.started_at, stopped: one.completed_at }, rule, window);
  };
  const readRun = async (repository: string, id: number, rules: readonly string[]): Promise<PastJob[]> => {
    const found = new Map<string, PastJob>();
    for (let page = 1; ; page += 1) {
      const query = new URLSearchParams({ filter: 'all', per_page: `${PER_PAGE}`, page: `${page}` });
      const { jobs } = await get(repository, `/actions/runs/${id}/jobs?${query}`, jobsOfRun);
      for (const one of jobs) {
        const past = toPast(one, rules);
        // Another attempt shows again what it did not run again.
        if (past) found.set(`${one.name} ${one.runner_id} ${one.started_at}`, past);
      }
      if (jobs.length < PER_PAGE) return [...found.values()];
    }
  };
  async function* listRuns(
    repository: string,
    from: number,
    to: number,
  ): AsyncGenerator<{ id: number; at: number; updated: number }> {
    let read = 0;
    for (let page = 1; page <= MOST_RESULTS / PER_PAGE; page += 1) {
      const query = new URLSearchParams({
        created: `${toSeconds(from)}..${toSeconds(to)}`,
        exclude_pull_requests: 'true',
        per_page: `${PER_PAGE}`,
        page: `${page}`,
      });
      const { total_count, workflow_runs } = await get(repository, `/actions/runs?${query}`, runs);
      if (total_count > MOST_RESULTS && to - from > SHORTEST_MS) {
        const middle = Math.floor((from + to) / 2_000) * 1000;
        yield* listRuns(repository, middle, to);
        yield* listRuns(repository, from, middle - 1000);
        return;
      }
      for (const { id, created_at, updated_at } of workflow_runs)
        yield { id, at: Date.parse(created_at), updated: Date.parse(updated_at) };
      read += workflow_runs.length;
      if (workflow_runs.length < PER_PAGE || read >= total_count) return;
    }
    say(
      `GitHub: ${repository} has more than ${MOST_RESULTS} runs in a minute from ${toSeconds(from)}; some are left out`,
    );
  }
  async function* listAll(): AsyncGenerator<Piece> {
    for (const repository of new Set(account.rules.map((rule) => rule.repository))) {
      const rules = account.rules.filter((rule) => rule.repository === repository).map(({ name }) => name);
      for await (const { id, at, updated } of listRuns(repository, window.since - LATE_MS, window.until))
        if (updated >= window.since)
          yield {
            key: `github ${account.name} ${repository} ${id}`,
            at,
            read: () => readRun(repository, id, rules),
          };
    }
  }
  return {
    pieces: listAll(),
    get requests() {
      return patience.requests;
    },
  };
}

const toSeconds = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
