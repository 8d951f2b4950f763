/** What GitHub's server of the tests lacks: workflow runs and their jobs, in the documented form. */
import { type Call, type FakeGithub, type Instead, reply, serveGithub } from '../../github/github-server';
import { ago } from './world';

export interface FakeRun {
  id: number;
  /** Seconds before the end of the history. */
  created: number;
  updated: number;
  jobs: object[];
}
export const jobOf = (given: object = {}) => ({
  id: 1,
  run_attempt: 1,
  status: 'completed',
  conclusion: 'success',
  name: 'build',
  created_at: ago(7_200),
  started_at: ago(7_140),
  completed_at: ago(6_840),
  labels: ['self-hosted', 'linux'],
  runner_id: 4,
  runner_name: 'four',
  ...given,
});
export const runOf = (given: Partial<FakeRun> = {}): FakeRun => ({
  id: 1,
  created: 7_300,
  updated: 6_000,
  jobs: [jobOf()],
  ...given,
});

/** More are not told for one search. */
const MOST = 1_000;

export async function serveRuns(): Promise<FakeGithub & { runs: FakeRun[] }> {
  const github = Object.assign(await serveGithub(), { runs: [runOf()] });
  const answer: Instead = (call, response) => {
    const { pathname, searchParams } = new URL(call.path, 'http://github.invalid');
    const under = `/repos/${github.repository}/actions/runs`;
    if (!pathname.startsWith(under) || !isKnown(github, call)) return false;
    const page = (items: unknown[]) => {
      const size = Number(searchParams.get('per_page') ?? 30);
      const from = size * (Number(searchParams.get('page') ?? 1) - 1);
      return items.slice(from, from + size);
    };
    if (pathname === under) {
      const [from = '', to = ''] = (searchParams.get('created') ?? '..').split('..');
      const found = github.runs
        .filter(
          ({ created }) =>
            ago(created) >= from.replace('Z', '.000Z') && ago(created) <= to.replace('Z', '.999Z'),
        )
        .sort((one, other) => one.created - other.created);
      const shown = page(found.slice(0, MOST)) as FakeRun[];
      return reply(response, 200, {
        total_count: found.length,
        workflow_runs: shown.map(({ id, created, updated }) => ({
          id,
          status: 'completed',
          run_attempt: 1,
          created_at: ago(created),
          updated_at: ago(updated),
        })),
      });
    }
    const run = github.runs.find(({ id }) => pathname === `${under}/${id}/jobs`);
    if (!run) return reply(response, 404, { message: 'Not Found' });
    const jobs = searchParams.get('filter') === 'all' ? run.jobs : run.jobs.slice(-1);
    return reply(response, 200, { total_count: jobs.length, jobs: page(jobs) });
  };
  github.instead = [answer];
  return github;
}

const isKnown = ({ tokens }: FakeGithub, { token }: Call) => tokens.has(token);
