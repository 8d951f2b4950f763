import type { Clock } from '../../../../clock/clock';
import type { Unknown } from '../../core/types';
import type { Queue } from '../../settings';
import type { Body } from '../client';
import { keep } from '../keep';
import { parseBody } from '../parse-body';
import type { Count } from './count-jobs';
import { type Pages, readAll, toPages } from './pages';
import { type Job, type Runner, SHAPES } from './shapes';
import type { ProtectedRefs } from './takes';

export type Get = (path: string, query: URLSearchParams) => Promise<Body | Unknown>;
type GitlabQueue = Extract<Queue, { ci: 'gitlab' }>;
type Kept<T> = { kind: 'kept'; value: T };

const MINUTE_MS = 60_000;
/** What people change by hand counts within minutes; for an hour GitLab may fail to tell. */
const SETTINGS_KEPT = { freshMs: 5 * MINUTE_MS, staleMs: 60 * MINUTE_MS };
/** A new project waits a little longer for its first instance. */
const PROJECTS_KEPT = { freshMs: 10 * MINUTE_MS, staleMs: 60 * MINUTE_MS };
/** 10,000 projects of a group, more than any budget lets us ask. */
const MOST_PAGES = 100;
/** The keyset order that GitLab offers for jobs: newest first, a page costs the same wherever it is. */
const BY_ID = { pagination: 'keyset', order_by: 'id', sort: 'desc' };

/** What is read of one GitLab with one token, kept for as long as it may be. */
export function createLists(clock: Pick<Clock, 'now'>) {
  const runners = keep<Kept<Runner>>(clock, SETTINGS_KEPT);
  const refs = keep<Kept<ProtectedRefs>>(clock, SETTINGS_KEPT);
  const archived = keep<Kept<boolean>>(clock, PROJECTS_KEPT);
  const groups = keep<Kept<string[]>>(clock, PROJECTS_KEPT);

  /** @param key tells accounts apart */
  return (key: string, get: Get) => {
    const project = (path: string) => `projects/${encodeURIComponent(path)}`;
    const readNames = async (path: string): Promise<string[] | Unknown> => {
      const answer = await readAll(toPages(get, path, {}, SHAPES.patterns), MOST_PAGES);
      return answer.kind === 'unknown' ? answer : answer.items.map(({ name }) => name);
    };
    const readGroup = async (group: string): Promise<Kept<string[]> | Unknown> => {
      const query = { include_subgroups: 'true', archived: 'false', with_shared: 'false', simple: 'true' };
      const path = `groups/${encodeURIComponent(group)}/projects`;
      const answer = await readAll(toPages(get, path, query, SHAPES.projects), MOST_PAGES);
      if (answer.kind === 'unknown') return named(answer, `group ${group}`);
      const live = answer.items.filter((item) => !item.archived);
      return { kind: 'kept', value: live.map((item) => item.path_with_namespace) };
    };

    return {
      runner: (id: number): Promise<Kept<Runner> | Unknown> =>
        runners(`${key} ${id}`, async () => {
          const answer = await get(`runners/${id}`, new URLSearchParams());
          if (answer.kind === 'unknown') return ofRunner(answer, id);
          const runner = parseBody(answer.text, SHAPES.runner, `runners/${id}`);
          return runner.kind === 'unknown' ? runner : { kind: 'kept', value: runner.value };
        }),

      async running(id: number, enough: number): Promise<Count> {
        const query = { status: 'running', order_by: 'id', sort: 'desc' };
        const pages = toPages(get, `runners/${id}/jobs`, query, SHAPES.counted);
        let jobs = 0;
        for (let i = 0; i < MOST_PAGES && jobs < enough; i++) {
          const page = await pages(i);
          if (page?.kind === 'unknown') return { jobs, problem: ofRunner(page, id) };
          jobs += page?.items.length ?? 0;
          if (!page?.next) break;
        }
        return { jobs };
      },

      /** Each once, those of the groups included; of what cannot be read the problems. */
      async projects(queue: GitlabQueue): Promise<{ paths: string[]; problems: Unknown[] }> {
        const answers = await Promise.all(
          queue.groups.map((group) => groups(`${key} ${group}`, () => readGroup(group))),
        );
        const all = [
          ...queue.projects,
          ...answers.flatMap((answer) => (answer.kind === 'kept' ? answer.value : [])),
        ];
        return {
          // GitLab's paths are the same in upper and lower case.
          paths: [...new Map(all.map((path) => [path.toLowerCase(), path])).values()],
          problems: answers.filter((answer) => answer.kind === 'unknown'),
        };
      },

      pending(path: string): Pages<Job> {
        const asked: Get = async (...question) => {
          const answer = await get(...question);
          return answer.kind === 'unknown' ? named(answer, `project ${path}`) : answer;
        };
        return toPages(asked, `${project(path)}/jobs`, { 'scope[]': 'pending', ...BY_ID }, SHAPES.jobs);
      },

      async isArchived(path: string): Promise<boolean | Unknown> {
        const answer = await archived(`${key} ${path}`, async () => {
          const body = await get(project(path), new URLSearchParams());
          if (body.kind === 'unknown') return named(body, `project ${path}`);
          const parsed = parseBody(body.text, SHAPES.project, project(path));
          return parsed.kind === 'unknown' ? parsed : { kind: 'kept', value: parsed.value.archived === true };
        });
        return answer.kind === 'unknown' ? answer : answer.value;
      },

      async protectedRefs(path: string): Promise<ProtectedRefs | Unknown> {
        const answer = await refs(`${key} ${path}`, async () => {
          const [branches, tags] = await Promise.all([
            readNames(`${project(path)}/protected_branches`),
            readNames(`${project(path)}/protected_tags`),
          ]);
          if (!Array.isArray(branches)) return named(branches, `project ${path}`);
          if (!Array.isArray(tags)) return named(tags, `project ${path}`);
          return { kind: 'kept', value: { branches, tags } };
        });
        return answer.kind === 'unknown' ? answer : answer.value;
      },
    };
  };
}

const named = (unknown: Unknown, what: string): Unknown => ({
  ...unknown,
  detail: `${what}: ${unknown.detail}`,
});

/** What is missing below a runner's path is the runner. */
const ofRunner = (unknown: Unknown, id: number): Unknown =>
  named(
    unknown.problem === 'project-missing' ? { ...unknown, problem: 'runner-missing' } : unknown,
    `runner ${id}`,
  );
