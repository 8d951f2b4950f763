import { hasMode } from '../../config/rules/github';
import { buildRunnerName } from '../../github/runner-name';
import { GITHUB, GITHUB_ONLY, NOTHING } from './github-cases';
import { change, dotted, parse, problemsIn } from './perfect';

test('runners of GitHub are sound, beside fleets or alone', () => {
  expect(problemsIn(GITHUB)).toEqual([]);
  expect(problemsIn(GITHUB_ONLY)).toEqual([]);
  expect(parse(GITHUB_ONLY)).toMatchObject({
    fleets: [],
    accounts: { hub: { ci: 'github', baseUrl: 'https://api.github.com' } },
    githubEcs: {
      oidcProvider: 'create',
      issuer: 'token.actions.githubusercontent.com',
      image: { architecture: 'x86_64', toolchains: ['git', 'build-essential'], keep: 10 },
      jobLimitMinutes: 360,
      claimMinutes: 10,
    },
  });
});

test('an environment runs something', () => {
  expect(problemsIn(NOTHING)).toMatchObject([
    { path: ['fleets'], source: 'fleets: []', remedy: expect.stringContaining('githubEcs') },
  ]);
  expect(problemsIn(change('fleets: []\n', '', NOTHING)).map(dotted)).toEqual(['fleets']);
  // What is broken is there.
  expect(problemsIn(`${NOTHING}githubEcs: 7\n`).map(dotted)).toEqual(['githubEcs']);
});

const MODES = change('      modes: [fargate-spot, fargate]\n', '', GITHUB);

test.each([
  ['a rule without modes uses Fargate on demand', MODES],
  ['a size that no task on Fargate has may be any', change('memoryMb: 7000', 'memoryMb: 700', GITHUB)],
  ['one repository may have two rules', change('acme/tools', 'acme/shop', GITHUB)],
  [
    'an enterprise may have an issuer of its own',
    change('hub\n', 'hub\n  issuer: token.actions.githubusercontent.com/acme\n', GITHUB),
  ],
  [
    'a server of one’s own may be used',
    change(
      'account: hub',
      'account: hub\n  issuer: github.acme.example/_services/token',
      change('ci: github', 'ci: github, baseUrl: "https://github.acme.example/api/v3"', GITHUB),
    ),
  ],
])('%s', (_rule, text) => {
  expect(problemsIn(text)).toEqual([]);
});

test.each([
  ['a wildcard is no branch', '[main]', '["release/*"]', 'githubEcs.repositories.1.branches.0'],
  ['a wildcard is no environment', '[runners, staging]', '["*"]', 'githubEcs.repositories.0.environments.0'],
  ['an owner alone is no repository', 'acme/tools', 'acme', 'githubEcs.repositories.1.repository'],
  ['a repository has no wildcard', 'acme/tools', 'acme/*', 'githubEcs.repositories.1.repository'],
  ['an issuer has no https', 'hub\n', 'hub\n  issuer: https://x.example\n', 'githubEcs.issuer'],
  [
    'docker is no toolchain of a container',
    'hub\n',
    'hub\n  image: { toolchains: [docker] }\n',
    'githubEcs.image.toolchains.0',
  ],
  ['a disk of Fargate has a most', 'diskGb: 100', 'diskGb: 201', 'githubEcs.sizes.large.diskGb'],
])('%s', (_rule, from, to, path) => {
  expect(problemsIn(change(from, to, GITHUB)).map(dotted)).toEqual([path]);
});

test('a rule whose modes are broken is asked nothing of its modes', () => {
  expect(problemsIn(change('modes: [ec2]', 'modes: [lambda]', GITHUB)).map(dotted)).toEqual([
    'githubEcs.repositories.1.modes.0',
  ]);
  expect(hasMode({}, 'ec2')).toBe(false);
});

test('the longest names that the rules allow make runners that GitHub takes', () => {
  const environment = 'e'.repeat(15);
  const rule = 's'.repeat(24);
  expect(problemsIn(change('name: shop', `name: ${rule}`, GITHUB), environment)).toEqual([]);
  const mintedAt = Date.UTC(2100, 0);
  expect(buildRunnerName({ environment, rule, mintedAt, random: '0123abcd' })).toHaveLength(64);
});
