/**
 * Jobs of the past from CircleCI's API v2: pipelines → workflows → jobs → the details of each job, because only those tell
 * when it was queued and its resource class. (Insights has neither; the runner API only what is now.)
 */
import { createCircleciApi } from './circleci-api';
import { SHAPES } from './circleci-shapes';
import type { Piece } from './collect';
import { LATE_MS, type PastJob, toPastJob } from './past-job';
import { createPatience } from './patience';
import type { Ports, Reading } from './reading';

export interface CircleciAccount {
  ci: 'circleci';
  name: string;
  /** Of the runner API, as in the config. */
  baseUrl: string;
  fleets: readonly { name: string; resourceClass: string }[];
  /** Slugs such as gh/acme/app; none: all that the token's user follows. */
  projects: readonly string[];
}

/** No limit is published, only that bursts and high volumes are throttled (429). */
const LIMITS = { name: 'CircleCI', requestsPerMinute: 600, atOnce: 6 };

export function readCircleci(account: CircleciAccount, token: string, ports: Ports): Reading {
  const { clock, window, say, miss } = ports;
  const { name, baseUrl, fleets, projects } = account;
  const patience = createPatience(LIMITS, clock, say);
  const api = createCircleciApi({ baseUrl, token, clock, patience, account: name, say });
  const fleetOf = new Map(fleets.map((fleet) => [fleet.resourceClass, fleet.name]));

  const readJob = async (slug: string, number: number): Promise<PastJob[]> => {
    const job = await api.get(`project/${toPath(slug)}/job/${number}`, {}, SHAPES.job);
    if (!job) return [];
    const resourceClass = job.executor.resource_class ?? 'none';
    const fleet = fleetOf.get(resourceClass);
    if (fleet === undefined) {
      miss(`resource class ${resourceClass}`);
      return [];
    }
    const times = {
      submitted: job.queued_at ?? job.created_at,
      started: job.started_at,
      stopped: job.stopped_at,
    };
    const past = toPastJob(times, fleet, window);
    // All its runs are as long as the longest: CircleCI tells the times of the whole only.
    return past ? Array.from({ length: Math.max(1, job.parallel_runs?.length ?? 1) }, () => past) : [];
  };

  const readPipeline = async (id: string): Promise<PastJob[]> => {
    const jobs = new Map<string, { slug: string; number: number }>();
    for await (const workflows of api.list(`pipeline/${id}/workflow`, {}, SHAPES.workflows)) {
      for (const workflow of workflows) {
        if (workflow.stopped_at && Date.parse(workflow.stopped_at) < window.since) continue;
        for await (const items of api.list(`workflow/${workflow.id}/job`, {}, SHAPES.jobs)) {
          for (const { job_number: number, project_slug: slug, started_at, stopped_at } of items) {
            if (typeof number !== 'number' || !started_at || !stopped_at) continue;
            // A workflow that was run again from its failed jobs lists the others too.
            if (Date.parse(stopped_at) >= window.since) jobs.set(`${slug} ${number}`, { slug, number });
          }
        }
      }
    }
    const found: PastJob[] = [];
    for (const { slug, number } of jobs.values()) found.push(...(await readJob(slug, number)));
    return found;
  };

  async function* listPipelines(path: string, query: Record<string, string>): AsyncGenerator<Piece> {
    const oldest = window.since - LATE_MS;
    for await (const pipelines of api.list(path, query, SHAPES.pipelines)) {
      for (const { id, created_at } of pipelines) {
        const at = Date.parse(created_at);
        if (at >= oldest && at < window.until)
          yield { key: `circleci ${name} ${id}`, at, read: () => readPipeline(id) };
      }
      // Newest first: after a page of old ones come older ones.
      if (pipelines.every(({ created_at }) => Date.parse(created_at) < oldest)) return;
    }
  }

  async function* listAll(): AsyncGenerator<Piece> {
    for (const slug of projects) yield* listPipelines(`project/${toPath(slug)}/pipeline`, {});
    if (projects.length > 0) return;
    const organizations = (await api.get('me/collaborations', {}, SHAPES.organizations)) ?? [];
    for (const { slug } of organizations) yield* listPipelines('pipeline', { 'org-slug': slug });
  }

  return {
    pieces: listAll(),
    get requests() {
      return patience.requests;
    },
  };
}

const toPath = (slug: string) => slug.split('/').map(encodeURIComponent).join('/');
