/** A GitLab in memory, as far as the scaler asks: runners, projects, groups, and the jobs that wait or run. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Served, serve } from '../serve';

export interface Job {
  ref: string;
  tag: boolean;
  tag_list: string[];
  archived?: boolean;
}
export const jobOf = (given: Partial<Job> = {}): Job => ({
  ref: 'main',
  tag: false,
  tag_list: ['linux'],
  archived: false,
  ...given,
});
export const jobsOf = (count: number, given: Partial<Job> = {}): Job[] =>
  Array.from({ length: count }, () => jobOf(given));

export interface Project {
  pending: Job[];
  archived?: boolean;
  branches?: string[];
  tags?: string[];
}

export interface Fake {
  runner: Record<string, unknown>;
  /** Jobs that the runner runs. */
  running: number;
  projects: Record<string, Project>;
  /** Paths of the projects in a group. */
  groups: Record<string, string[]>;
  /** How pages are told: GitLab has both ways. */
  paging: 'keyset' | 'numbers';
  /** Answers instead, by what the address contains; one that answers nothing is passed over. */
  instead: [part: string, (request: IncomingMessage, response: ServerResponse) => boolean | undefined][];
}

export interface FakeGitlab extends Served, Fake {
  requests: { path: string; token: string | undefined }[];
}

export const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (_request: IncomingMessage, response: ServerResponse): boolean => {
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
    return true;
  };

export async function serveGitlab(): Promise<FakeGitlab> {
  const fake: Fake = {
    runner: {
      id: 7,
      paused: false,
      tag_list: ['linux', 'big'],
      run_untagged: false,
      access_level: 'not_protected',
    },
    running: 0,
    projects: { 'acme/app': { pending: [] } },
    groups: {},
    paging: 'keyset',
    instead: [],
  };
  const requests: FakeGitlab['requests'] = [];
  const server = await serve((request, response) => {
    // Always with the question mark, so that a test can name the very path.
    const address = (request.url ?? '').replace(/^[^?]*$/, '$&?');
    requests.push({ path: address, token: request.headers['private-token'] as string | undefined });
    for (const [part, reply] of gitlab.instead)
      if (address.includes(part) && reply(request, response)) return;
    const url = new URL(address, 'http://gitlab.invalid');
    const [, kind, name = '', list] = /^\/api\/v4\/(\w+)\/([^/]+)\/?(\w*)$/.exec(url.pathname) ?? [];
    const path = decodeURIComponent(name);
    const missing = () => answer(404, { message: `404 ${kind} Not Found` })(request, response);
    const whole = (items: unknown[]) => page(items, url, response, gitlab.paging);
    const project = gitlab.projects[path];

    if (kind === 'runners' && path === '7')
      return list === 'jobs'
        ? whole(Array.from({ length: gitlab.running }, (_, id) => ({ id })))
        : answer(200, gitlab.runner)(request, response);
    if (kind === 'groups' && gitlab.groups[path])
      return whole(gitlab.groups[path].map((item) => ({ path_with_namespace: item })));
    if (kind !== 'projects' || !project) return missing();
    if (list === 'jobs') return whole(project.pending);
    if (list === 'protected_branches') return whole((project.branches ?? []).map((item) => ({ name: item })));
    if (list === 'protected_tags') return whole((project.tags ?? []).map((item) => ({ name: item })));
    return answer(200, { archived: project.archived ?? false })(request, response);
  });
  const gitlab: FakeGitlab = Object.assign(fake, server, { requests });
  return gitlab;
}

function page(items: unknown[], url: URL, response: ServerResponse, paging: Fake['paging']): void {
  const size = Number(url.searchParams.get('per_page') ?? 20);
  const from =
    Number(url.searchParams.get('cursor') ?? 0) || size * (Number(url.searchParams.get('page') ?? 1) - 1);
  const isLast = from + size >= items.length;
  const next = new URL(url);
  next.searchParams.set('cursor', String(from + size));
  const headers: Record<string, string> =
    paging === 'numbers'
      ? { 'x-next-page': isLast ? '' : String(from / size + 2) }
      : isLast
        ? {}
        : { link: `<${next}>; rel="next"` };
  response.writeHead(200, headers).end(JSON.stringify(items.slice(from, from + size)));
}
