/** Whom the roles of GitHub's workflows trust: each subject that GitHub can give a job, before the synthesized policies. */

import { isTrusted, type Token } from './evaluate-trust';
import { buildConfig, githubEcs, WITH_GITHUB } from './perfect-config';
import { named, type Synthesized, synthesize } from './synthesize';

const ISSUER = 'https://token.actions.githubusercontent.com';

const build = (deviation: Record<string, unknown> = {}) =>
  synthesize(
    buildConfig({
      ...WITH_GITHUB,
      githubEcs: githubEcs({
        repositories: [
          {
            name: 'shop',
            repository: 'acme/shop',
            ids: { owner: 1234, repository: 567890 },
            environments: ['runners', 'Staging 2'],
            sizes: ['small'],
          },
          {
            name: 'tools',
            repository: 'acme/tools.x',
            branches: ['main', 'release/1.0'],
            environments: ['deploy'],
            sizes: ['small'],
          },
        ],
        ...deviation,
      }),
    }),
  );

const stack = build();
const trusts = (rule: string, token: Partial<Token>, of: Synthesized = stack) =>
  isTrusted(of, named(of, 'aws_iam_role', `muster-dev-github-${rule}`), {
    iss: ISSUER,
    aud: 'sts.amazonaws.com',
    ...token,
  });

test.each([
  ['shop', 'repo:acme/shop:environment:runners'],
  ['shop', 'repo:acme/shop:environment:Staging 2'],
  ['shop', 'repo:acme@1234/shop@567890:environment:runners'],
  ['shop', 'repo:acme@1234/shop@567890:environment:Staging 2'],
  ['tools', 'repo:acme/tools.x:environment:deploy'],
  ['tools', 'repo:acme/tools.x:ref:refs/heads/main'],
  ['tools', 'repo:acme/tools.x:ref:refs/heads/release/1.0'],
])('%s trusts %s', (rule, sub) => {
  expect(trusts(rule, { sub })).toBe(true);
});

test.each([
  ['an environment that is not named', 'shop', 'repo:acme/shop:environment:production'],
  ['an environment in other case', 'shop', 'repo:acme/shop:environment:Runners'],
  ['an environment that begins alike', 'shop', 'repo:acme/shop:environment:runners-evil'],
  ['an environment that ends alike', 'shop', 'repo:acme/shop:environment:evil-runners'],
  ['what follows the environment', 'shop', 'repo:acme/shop:environment:runners:ref:refs/heads/main'],
  ['a branch where environments are asked for', 'shop', 'repo:acme/shop:ref:refs/heads/main'],
  ['a branch called as the environment', 'shop', 'repo:acme/shop:ref:refs/heads/runners'],
  ['a pull request', 'shop', 'repo:acme/shop:pull_request'],
  ['a pull request of a fork', 'shop', 'repo:mallory/shop:pull_request'],
  ['a fork with the environment', 'shop', 'repo:mallory/shop:environment:runners'],
  ['an owner in other case', 'shop', 'repo:Acme/shop:environment:runners'],
  ['another repository of the owner', 'shop', 'repo:acme/site:environment:runners'],
  ['a repository that begins alike', 'shop', 'repo:acme/shop2:environment:runners'],
  ['an owner that ends alike', 'shop', 'repo:evil-acme/shop:environment:runners'],
  ['a path in the repository', 'shop', 'repo:acme/shop/evil:environment:runners'],
  ['another owner under the old name', 'shop', 'repo:acme@9999/shop@567890:environment:runners'],
  ['another repository under the old name', 'shop', 'repo:acme@1234/shop@1:environment:runners'],
  ['half of the ids', 'shop', 'repo:acme@1234/shop:environment:runners'],
  ['ids that begin alike', 'shop', 'repo:acme@12345/shop@567890:environment:runners'],
  ['ids where none are named', 'tools', 'repo:acme@1234/tools.x@5:ref:refs/heads/main'],
  ['a pattern as a name', 'shop', 'repo:acme/shop:environment:*'],
  ['a subject that an organization made up', 'shop', 'repository_owner:acme:environment:runners'],
  ['nothing', 'shop', undefined],
  ['the empty subject', 'shop', ''],
  ['another branch', 'tools', 'repo:acme/tools.x:ref:refs/heads/develop'],
  ['a branch that begins alike', 'tools', 'repo:acme/tools.x:ref:refs/heads/main2'],
  ['a branch that ends alike', 'tools', 'repo:acme/tools.x:ref:refs/heads/evil/main'],
  ['a branch below', 'tools', 'repo:acme/tools.x:ref:refs/heads/release/1.0/evil'],
  ['a tag called as the branch', 'tools', 'repo:acme/tools.x:ref:refs/tags/main'],
  ['an environment called as the branch', 'tools', 'repo:acme/tools.x:environment:main'],
  [
    'a merge queue before the branch',
    'tools',
    'repo:acme/tools.x:ref:refs/heads/gh-readonly-queue/main/pr-7-0123abcd',
  ],
  ['a dot as any character', 'tools', 'repo:acme/toolsyx:ref:refs/heads/main'],
  ['a job of the other rule', 'tools', 'repo:acme/shop:environment:runners'],
])('%s is not trusted', (_who, rule, sub) => {
  expect(trusts(rule, { ...(sub === undefined ? {} : { sub }) })).toBe(false);
});

const SUB = 'repo:acme/shop:environment:runners';

test.each([
  ['for another audience', { aud: 'https://github.com/acme' }],
  ['for an audience that begins alike', { aud: 'sts.amazonaws.com.evil.example' }],
  ['for nobody', { aud: '' }],
  ['of another issuer', { iss: 'https://token.actions.githubusercontent.com.evil.example' }],
  ['of another enterprise', { iss: `${ISSUER}/mallory` }],
])('a token %s is not trusted', (_what, token) => {
  expect(trusts('shop', { sub: SUB, ...token })).toBe(false);
});

test('an enterprise server vouches for its own jobs, GitHub.com does not', () => {
  const issuer = 'github.acme.example/_services/token';
  const own = build({ issuer, oidcProvider: 'existing' });
  expect(trusts('shop', { iss: `https://${issuer}`, sub: SUB }, own)).toBe(true);
  expect(trusts('shop', { sub: SUB }, own)).toBe(false);
});

test('no other role is for web identities', () => {
  const federated = stack
    .resources('aws_iam_role')
    .filter(({ assume_role_policy }) => assume_role_policy.includes('WebIdentity'));
  expect(federated.map(({ name }) => name)).toEqual(['muster-dev-github-shop', 'muster-dev-github-tools']);
});

test('a pattern would be seen through', () => {
  const loose = {
    assume_role_policy: named(stack, 'aws_iam_role', 'muster-dev-github-shop')
      .assume_role_policy.replace('StringEquals', 'StringLike')
      .replace(SUB, 'repo:acme/shop:*'),
  };
  expect(
    isTrusted(stack, loose, { iss: ISSUER, aud: 'sts.amazonaws.com', sub: 'repo:acme/shop:pull_request' }),
  ).toBe(true);
});
