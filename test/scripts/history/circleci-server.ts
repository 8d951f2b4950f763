/** A CircleCI in memory, as far as its API v2 tells what was: https://circleci.com/docs/api/v2/openapi.json. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Served, serve } from '../../lambda/scaler/serve';
import { ago } from './world';

export interface FakeJob {
  number: number | undefined;
  class: string;
  /** Seconds before the end of the history. */
  queued: number;
  started: number | undefined;
  stopped: number | undefined;
  runs: number;
}
export const jobOf = (given: Partial<FakeJob> = {}): FakeJob => ({
  number: 1,
  class: 'acme/linux',
  queued: 7_200,
  started: 7_140,
  stopped: 6_840,
  runs: 1,
  ...given,
});

export interface FakePipeline {
  id: string;
  slug: string;
  created: number;
  /** Each a list of jobs. */
  workflows: FakeJob[][];
}
export const pipelineOf = (given: Partial<FakePipeline> = {}): FakePipeline => ({
  id: 'p1',
  slug: 'gh/acme/app',
  created: 7_210,
  workflows: [[jobOf()]],
  ...given,
});

export interface FakeCircleci extends Served {
  pipelines: FakePipeline[];
  organizations: string[];
  /** Paths with their queries, in the order in which they were asked for. */
  asked: string[];
  tokens: Set<string>;
  /** Answers instead; who answers nothing is passed over. */
  instead: ((path: string, response: ServerResponse) => boolean)[];
}

const PER_PAGE = 2;
export const TOKEN = 'personal-token-canary';

export const reply = (response: ServerResponse, status: number, body: unknown, headers = {}): true => {
  response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  return true;
};

export async function serveCircleci(): Promise<FakeCircleci> {
  const server = await serve((request, response) => {
    const path = request.url ?? '';
    circleci.asked.push(path);
    if (circleci.instead.some((answer) => answer(path, response))) return;
    if (!circleci.tokens.has(String(request.headers['circle-token'])))
      reply(response, 401, { message: 'You must log in first.' });
    else answer(circleci, request, response);
  });
  const circleci: FakeCircleci = {
    ...server,
    pipelines: [pipelineOf()],
    organizations: ['gh/acme'],
    asked: [],
    tokens: new Set([TOKEN]),
    instead: [],
  };
  return circleci;
}

function answer(circleci: FakeCircleci, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://circleci.invalid');
  const [kind, ...rest] = pathname.replace('/api/v2/', '').split('/');
  const page = (items: unknown[]) => {
    const from = Number(searchParams.get('page-token') ?? 0);
    const next = from + PER_PAGE < items.length ? String(from + PER_PAGE) : null;
    reply(response, 200, { items: items.slice(from, from + PER_PAGE), next_page_token: next });
  };
  const missing = () => reply(response, 404, { message: 'Not found' });
  const listed = (slug: string) =>
    circleci.pipelines
      .filter((pipeline) => pipeline.slug.startsWith(`${slug}/`) || pipeline.slug === slug)
      .sort((one, other) => one.created - other.created)
      .map(({ id, created }) => ({ id, project_slug: slug, state: 'created', created_at: ago(created) }));
  const workflowsOf = ({ id, workflows }: FakePipeline) =>
    workflows.map((jobs, index) => ({ id: `${id}.${index}`, jobs }));

  if (kind === 'me')
    reply(
      response,
      200,
      circleci.organizations.map((slug) => ({ slug, name: slug.split('/')[1], vcs_type: 'github' })),
    );
  else if (kind === 'pipeline' && rest.length === 0) page(listed(searchParams.get('org-slug') ?? ''));
  else if (kind === 'pipeline') {
    const pipeline = circleci.pipelines.find(({ id }) => id === rest[0]);
    if (!pipeline) return void missing();
    page(workflowsOf(pipeline).map(({ id, jobs }) => ({ id, name: 'build', stopped_at: lastOf(jobs) })));
  } else if (kind === 'workflow') {
    const pipeline = circleci.pipelines.find(({ id }) => rest[0]?.startsWith(`${id}.`));
    const workflow = pipeline && workflowsOf(pipeline).find(({ id }) => id === rest[0]);
    if (!pipeline || !workflow) return void missing();
    page(workflow.jobs.map((job) => toItem(job, pipeline.slug)));
  } else if (kind === 'project' && rest[3] === 'pipeline') page(listed(rest.slice(0, 3).join('/')));
  else if (kind === 'project' && rest[3] === 'job') {
    const slug = rest.slice(0, 3).join('/');
    const jobs = circleci.pipelines.filter((one) => one.slug === slug).flatMap((one) => one.workflows.flat());
    const job = jobs.find(({ number }) => String(number) === rest[4]);
    if (job) reply(response, 200, toDetails(job, slug));
    else missing();
  } else missing();
}

const time = (seconds: number | undefined) => (seconds === undefined ? null : ago(seconds));
const lastOf = (jobs: FakeJob[]) =>
  jobs.some(({ stopped }) => stopped === undefined)
    ? null
    : ago(Math.min(...jobs.map(({ stopped }) => stopped ?? 0)));

const toItem = (job: FakeJob, slug: string) => ({
  id: `id-${job.number}`,
  name: 'test',
  type: job.number === undefined ? 'approval' : 'build',
  project_slug: slug,
  status: 'success',
  dependencies: [],
  started_at: time(job.started),
  ...(job.number === undefined ? {} : { job_number: job.number }),
  ...(job.stopped === undefined ? {} : { stopped_at: time(job.stopped) }),
});

const toDetails = (job: FakeJob, slug: string) => ({
  number: job.number,
  name: 'test',
  status: 'success',
  project: { slug },
  // Before it is queued: the jobs that it needs come first.
  created_at: ago(job.queued + 600),
  queued_at: ago(job.queued),
  started_at: time(job.started),
  stopped_at: time(job.stopped),
  duration: 300_000,
  executor: { type: 'machine', resource_class: job.class },
  parallelism: job.runs,
  parallel_runs: Array.from({ length: job.runs }, (_, index) => ({ index, status: 'success' })),
});
