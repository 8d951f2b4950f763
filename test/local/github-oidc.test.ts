/** A hosted job of the stand-in GitHub asks who it is, and the answer can be checked with the published key. */
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { verifyJwt } from '../../local/ci/github/jwt';
import type { NewRun } from '../../local/ci/github/runs-api';
import { GithubBench, REPOSITORY } from './github-bench';

let bench: GithubBench;
beforeAll(async () => {
  bench = await GithubBench.start();
});
afterAll(() => bench.stop());

async function readClaims(run: Partial<NewRun>, audience = '') {
  const { idTokenBearer } = await bench.github.startRun({ repository: REPOSITORY, ...run });
  const query = `api-version=2.0${audience && `&audience=${audience}`}`;
  const answer = await bench.send('GET', `/_services/idtoken?${query}`, idTokenBearer);
  const { value } = (await answer.json()) as { value: string };
  const { keys } = (await (await bench.send('GET', '/.well-known/jwks', null)).json()) as {
    keys: (JsonWebKey & { kid: string })[];
  };
  const header = JSON.parse(Buffer.from(value.split('.')[0] ?? '', 'base64url').toString()) as {
    kid: string;
  };
  const key = keys.find(({ kid }) => kid === header.kid);
  return verifyJwt(value, createPublicKey({ key: key as JsonWebKey, format: 'jwk' }));
}

test.each<[string, Partial<NewRun>, string]>([
  ['an environment', { environment: 'runners' }, 'repo:acme/app:environment:runners'],
  ['an environment with a colon', { environment: 'a:b' }, 'repo:acme/app:environment:a%3Ab'],
  [
    'an environment, in a pull request',
    { environment: 'runners', event: 'pull_request' },
    'repo:acme/app:environment:runners',
  ],
  ['a branch', { ref: 'refs/heads/main' }, 'repo:acme/app:ref:refs/heads/main'],
  ['a tag', { ref: 'refs/tags/v1' }, 'repo:acme/app:ref:refs/tags/v1'],
  ['a pull request', { event: 'pull_request', ref: 'refs/pull/1/merge' }, 'repo:acme/app:pull_request'],
])('the subject of a job of %s', async (_, run, subject) => {
  expect(await readClaims(run, 'sts.amazonaws.com')).toMatchObject({
    iss: 'https://token.actions.githubusercontent.com',
    aud: 'sts.amazonaws.com',
    sub: subject,
    exp: bench.now / 1000 + 300,
  });
});

test('a repository of now has subjects with numbers', async () => {
  await bench.github.setUp({
    repositories: { 'acme/new': { ids: { owner: 12, repository: 56 }, immutableSubject: true } },
  });
  expect(await readClaims({ repository: 'acme/new', environment: 'runners' })).toMatchObject({
    aud: 'https://github.com/acme',
    sub: 'repo:acme@12/new@56:environment:runners',
    repository: 'acme/new',
    repository_id: '56',
  });
});

test('nobody else gets a token, nor does the job when it is over', async () => {
  const path = '/_services/idtoken?api-version=2.0';
  const run = await bench.github.startRun({ repository: REPOSITORY });
  expect((await bench.send('GET', path, run.token)).status).toBe(401);
  expect((await bench.send('GET', path, run.idTokenBearer)).status).toBe(200);
  await bench.github.updateHosted(run, { steps: [], conclusion: 'success' });
  expect((await bench.send('GET', path, run.idTokenBearer)).status).toBe(401);
});
