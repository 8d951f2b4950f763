import { readOptions } from '../../../scripts/history/options';
import { makeConfig, type Raw, serveGitlab } from '../config';

const addGithub = (raw: Raw) => {
  raw.accounts.hub = { ci: 'github' };
  const rule = { environments: ['runners'], sizes: ['small'] };
  raw.githubEcs = {
    account: 'hub',
    sizes: { small: { cpu: 1024, memoryMb: 2048 } },
    repositories: [
      { name: 'app', repository: 'acme/app', ...rule },
      { name: 'app-big', repository: 'acme/app', ...rule },
    ],
  };
};
const addNomad = (raw: Raw) => {
  raw.accounts.nomad = { ci: 'nomad', baseUrl: 'https://nomad.example.com:4646' };
  raw.fleets.push({
    ...{ name: 'batch', account: 'nomad', image: 'runner', instanceTypes: ['m7i.large'], max: 1 },
    ...{ nomad: { nodePool: 'ci' }, serves: 'many-jobs' },
  });
};

test('without anything said it is all fleets, seven days, and a file of the environment', () => {
  const { accounts, days, out } = readOptions({}, makeConfig());
  expect({ days, out }).toEqual({ days: 7, out: '.muster/history-dev.csv' });
  expect(accounts).toEqual([
    {
      ci: 'circleci',
      name: 'main',
      baseUrl: 'https://runner.circleci.com',
      secret: 'muster/dev/ci/main/api-token',
      fleets: [{ name: 'linux', resourceClass: 'acme/linux' }],
      projects: [],
    },
  ]);
});

test('a fleet of GitLab has its runner, projects and groups, and the requests of its account', () => {
  expect(readOptions({}, makeConfig(serveGitlab)).accounts).toMatchObject([
    {
      ci: 'gitlab',
      requestsPerMinute: 300,
      fleets: [{ name: 'linux', runnerId: 7, projects: ['acme/app'] }],
    },
  ]);
});

test('FLEET is a fleet or a rule of githubEcs', () => {
  const config = makeConfig(addGithub);
  expect(readOptions({}, config).accounts.map(({ ci }) => ci)).toEqual(['circleci', 'github']);
  expect(readOptions({ FLEET: 'linux' }, config).accounts.map(({ ci }) => ci)).toEqual(['circleci']);
  expect(readOptions({ FLEET: 'app' }, config).accounts).toMatchObject([
    { ci: 'github', rules: [{ name: 'app', repository: 'acme/app' }] },
  ]);
});

test('a fleet of Nomad is left out, and alone an error', () => {
  const config = makeConfig(addNomad);
  expect(readOptions({}, config).accounts.map(({ name }) => name)).toEqual(['main']);
  expect(() => readOptions({ FLEET: 'batch' }, config)).toThrow(/batch is of Nomad, which forgets/);
});

test('labels cannot tell two rules of a repository apart', () => {
  const config = makeConfig(addGithub);
  expect(() => readOptions({ LABELS: 'self-hosted' }, config)).toThrow(/FLEET=app-big/);
  expect(readOptions({ LABELS: 'self-hosted, linux', FLEET: 'app' }, config).accounts).toMatchObject([
    { labels: ['self-hosted', 'linux'] },
  ]);
});

test('every problem is told at once, with what was seen', () => {
  const read = () => readOptions({ FLEET: 'linx', DAYS: '0.5', PROJECTS: 'acme' }, makeConfig());
  expect(read).toThrow(/DAYS=0\.5: use a whole number from 1 to 92/);
  expect(read).toThrow(/PROJECTS=acme: use slugs/);
  expect(read).toThrow(/linx.*did you mean linux/);
});

test.each([
  ['fleets', { FLEET: 'linux' }, { FLEET: 'app' }],
  ['days', { DAYS: '7' }, { DAYS: '8' }],
  ['labels', { FLEET: 'app' }, { FLEET: 'app', LABELS: 'x' }],
  ['projects', {}, { PROJECTS: 'gh/acme/app' }],
])('what was read of other %s is not gone on with', (_what, one, other) => {
  const config = makeConfig(addGithub);
  expect(readOptions(one, config).of).not.toBe(readOptions(other, config).of);
});
