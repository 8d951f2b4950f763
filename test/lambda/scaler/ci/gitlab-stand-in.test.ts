/** The adapter and the stand-in GitLab of the local cloud, made apart from each other by the same documents. */

import { createReadDemand } from '../../../../lambda/scaler/ci/gitlab/read-demand';
import { keepTokens } from '../../../../lambda/scaler/secrets/tokens';
import { steadyClock } from '../../../clock/steady-clock';
import { GitlabBench, PROJECT, READ_TOKEN, RUNNER_ID } from '../../../local/gitlab-bench';

let gitlab: GitlabBench;
beforeEach(async () => {
  gitlab = await GitlabBench.start();
});
afterEach(() => gitlab.stop());

function read({
  token = READ_TOKEN,
  projects = [PROJECT],
  groups = [] as string[],
  runnerId = RUNNER_ID,
} = {}) {
  const tokens = keepTokens(async () => ({ kind: 'token', value: token }), steadyClock);
  const account = { ci: 'gitlab' as const, baseUrl: gitlab.url, apiTokenSecret: 'x', requestsPerMinute: 300 };
  return createReadDemand({ ...steadyClock, tokens, random: () => 0 })(
    {
      account,
      queue: { ci: 'gitlab', runnerId, projects, groups },
      enough: 1_000,
      round: { fleets: 1, requests: 0 },
    },
    new AbortController().signal,
  );
}
const job = (given: object = {}) => ({ name: 'a', seconds: 1, project: PROJECT, tags: ['linux'], ...given });

test('jobs that wait are counted, over all pages, but not those of other runners', async () => {
  const others = Array.from({ length: 120 }, () => job({ tags: ['gpu'] }));
  await gitlab.enqueue(...Array.from({ length: 130 }, () => job()), ...others, job({ tags: [] }));
  await expect(read()).resolves.toEqual({ kind: 'known', queued: 131, running: 0 });
});
test('a protected runner is for protected refs, by wildcards too', async () => {
  await gitlab.setUp({ runners: [{ id: RUNNER_ID, accessLevel: 'ref_protected' }] });
  const refs = ['main', 'feature', 'release/1', 'refs/merge-requests/1/head'];
  await gitlab.enqueue(...refs.map((ref) => job({ ref })));
  await expect(read()).resolves.toMatchObject({ queued: 2 });
});
test('a group has its projects', async () => {
  await gitlab.setUp({ groups: { acme: {} } });
  await gitlab.enqueue(job(), job());
  await expect(read({ projects: [], groups: ['acme'] })).resolves.toMatchObject({ kind: 'known', queued: 2 });
});
test.each([
  ['an unknown token', { token: 'unknown' }, 'token-refused'],
  ['an unknown runner', { runnerId: 8 }, 'runner-missing'],
  ['an unknown project', { projects: ['acme/gone'] }, 'project-missing'],
  ['an unknown group', { groups: ['gone'] }, 'project-missing'],
])('%s is told', async (_what, given, problem) => {
  await expect(read(given)).resolves.toMatchObject({ problem });
});
test('a token without the scope is told, and which one it needs', async () => {
  await gitlab.setUp({ tokens: [{ token: 'other', scopes: ['read_user'] }] });
  await expect(read({ token: 'other' })).resolves.toMatchObject({
    problem: 'scope-missing',
    detail: expect.stringContaining('read_api'),
  });
});
test('a limit is told', async () => {
  await gitlab.setUp({ requestsPerMinute: 1 });
  await read();
  await expect(read()).resolves.toMatchObject({ problem: 'rate-limited' });
});
