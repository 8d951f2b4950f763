/**
 * Jobs of the past from GitLab's jobs API, in the projects of the fleets and by the rules by which the scaler counts what
 * waits: tags, untagged jobs, protected refs (lambda/scaler/ci/gitlab).
 */
import * as z from 'zod/mini';
import { judge } from '../../lambda/scaler/ci/gitlab/judge';
import { createLists, type Get } from '../../lambda/scaler/ci/gitlab/lists';
import { PER_PAGE, toNext } from '../../lambda/scaler/ci/gitlab/pages';
import type { Runner } from '../../lambda/scaler/ci/gitlab/shapes';
import { isProtected, takesTags } from '../../lambda/scaler/ci/gitlab/takes';
import { parseBody } from '../../lambda/scaler/ci/parse-body';
import { PROBLEMS } from '../../lambda/scaler/core/reasons';
import type { Unknown } from '../../lambda/scaler/core/types';
import { ExpectedError } from '../expected-error';
import { askJson } from './ask-json';
import type { Piece } from './collect';
import { LATE_MS, type PastJob, toPastJob } from './past-job';
import { createPatience } from './patience';
import type { Ports, Reading } from './reading';

interface GitlabFleet {
  name: string;
  runnerId: number;
  projects: string[];
  groups: string[];
}
export interface GitlabAccount {
  ci: 'gitlab';
  name: string;
  baseUrl: string;
  /** What the account's token may make; the scaler makes use of it too. */
  requestsPerMinute: number;
  fleets: readonly GitlabFleet[];
}

/** What has run: nothing else has a duration. */
const SCOPES = ['success', 'failed', 'canceled'];
/** A million jobs of one project. */
const MOST_PAGES = 10_000;
/** What is told and stops nothing, as it stops no scaler: what of a fleet the token may not see. */
const LEFT_OUT: ReadonlySet<string> = new Set(['project-missing', 'access-missing']);

const jobs = z.array(
  z.object({
    created_at: z.string(),
    started_at: z.nullable(z.string()),
    finished_at: z.nullable(z.string()),
    /** Seconds between what made it pending and its start; absent before GitLab 14.0. */
    queued_duration: z.optional(z.nullable(z.number())),
    ref: z.string(),
    tag: z.boolean(),
    tag_list: z.array(z.string()),
    runner: z.optional(z.nullable(z.object({ id: z.number() }))),
  }),
);
type Job = z.infer<typeof jobs>[number];

export function readGitlab(account: GitlabAccount, token: string, ports: Ports): Reading {
  const { clock, window, say, miss } = ports;
  const base = `${account.baseUrl.replace(/\/+$/, '')}/api/v4/`;
  const patience = createPatience(
    { name: 'GitLab', requestsPerMinute: Math.ceil(account.requestsPerMinute / 2), atOnce: 4 },
    clock,
    say,
  );
  const get: Get = async (path, query) => {
    const address = `${base}${path}?${query}`;
    const answer = await patience.ask(() => askJson(address, { 'PRIVATE-TOKEN': token }, clock, judge));
    if (answer.kind === 'body') return answer;
    return { kind: 'unknown', problem: answer.problem ?? 'unexpected-answer', detail: answer.seen };
  };
  const lists = createLists(clock)(account.name, get);

  /** Undefined: told, and left out. */
  const known = <T>(answer: T | Unknown): T | undefined => {
    if (!isUnknown(answer)) return answer;
    const text = `GitLab: ${answer.detail}. ${PROBLEMS[answer.problem].remedy}`;
    if (!LEFT_OUT.has(answer.problem)) throw new ExpectedError(text);
    say(`${text} Left out.`);
    return undefined;
  };
  /** Newest first, until all are too old to have been submitted in the window. */
  async function* listJobs(path: string): AsyncGenerator<Job[], void> {
    const api = `projects/${encodeURIComponent(path)}/jobs`;
    const first = { pagination: 'keyset', order_by: 'id', sort: 'desc', per_page: `${PER_PAGE}` };
    let query: URLSearchParams | undefined = new URLSearchParams(first);
    for (const scope of SCOPES) query.append('scope[]', scope);
    for (let page = 0; query && page < MOST_PAGES; page += 1) {
      const answer = known(await get(api, query));
      if (!answer) return;
      const body = known(parseBody(answer.text, jobs, `/api/v4/${api}`));
      if (!body) return;
      yield body.value;
      if (body.value.every(({ created_at }) => Date.parse(created_at) < window.since - LATE_MS)) return;
      query = toNext(answer.headers, query);
    }
  }
  const readProject = async (path: string, fleets: readonly Served[]): Promise<PastJob[]> => {
    // As for the scaler, its jobs are nobody's any more.
    if (known(await lists.isArchived(path)) !== false) return [];
    const needsRefs = fleets.some(({ runner }) => runner.access_level === 'ref_protected');
    const refs = needsRefs ? known(await lists.protectedRefs(path)) : undefined;
    const mayTake = (job: Job) => (served: Served) =>
      takesTags(served.runner, job) &&
      (served.runner.access_level !== 'ref_protected' || (refs !== undefined && isProtected(job, refs)));
    const found: PastJob[] = [];
    for await (const page of listJobs(path)) {
      for (const job of page) {
        const able = fleets.filter(mayTake(job));
        // Of several that could have, the one that did.
        const fleet = able.find(({ runnerId }) => runnerId === job.runner?.id) ?? able[0];
        if (!fleet) miss(job.tag_list.length > 0 ? `tags ${job.tag_list.join(' + ')}` : 'no tags');
        const past = fleet && toPast(job, fleet.name);
        if (past) found.push(past);
      }
    }
    return found;
  };
  const toPast = ({ started_at, finished_at, queued_duration, created_at }: Job, fleet: string) => {
    // What is created waits for the stages before it; what is pending, for a runner.
    const submitted =
      started_at && typeof queued_duration === 'number'
        ? new Date(Date.parse(started_at) - queued_duration * 1000).toISOString()
        : created_at;
    return toPastJob({ submitted, started: started_at, stopped: finished_at }, fleet, window);
  };
  async function* listProjects(): AsyncGenerator<Piece> {
    const served = new Map<string, { path: string; fleets: Served[] }>();
    for (const { name, runnerId, projects, groups } of account.fleets) {
      const runner = known(await lists.runner(runnerId));
      if (!runner) continue;
      const answer = await lists.projects({ ci: 'gitlab', runnerId, projects, groups });
      for (const problem of answer.problems) known(problem);
      for (const path of answer.paths) {
        const entry = served.get(path.toLowerCase()) ?? { path, fleets: [] };
        served.set(path.toLowerCase(), entry);
        entry.fleets.push({ name, runnerId, runner: runner.value });
      }
    }
    for (const { path, fleets } of served.values())
      yield { key: `gitlab ${account.name} ${path}`, read: () => readProject(path, fleets) };
  }
  return {
    pieces: listProjects(),
    get requests() {
      return patience.requests;
    },
  };
}

interface Served {
  name: string;
  runnerId: number;
  runner: Runner;
}

const isUnknown = (answer: unknown): answer is Unknown =>
  typeof answer === 'object' && answer !== null && (answer as { kind?: unknown }).kind === 'unknown';
