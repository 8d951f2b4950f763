import { postDiff } from '../../../scripts/request/post-diff';
import { type StandIn, startStandIn } from './stand-in';

let forge: StandIn;
beforeEach(async () => {
  forge = await startStandIn();
  forge.requests.push({ number: 12, branch: 'topic', target: 'develop' });
});
afterEach(() => forge.close());

const TOKEN = ['token', 'of', 'a', 'test'].join('-');

const pipelines = {
  'GitHub Actions': () => ({
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: forge.url,
    GITHUB_REPOSITORY: 'acme/app',
    GITHUB_REF: 'refs/pull/12/merge',
    GITHUB_TOKEN: TOKEN,
  }),
  'GitLab CI': () => ({
    GITLAB_CI: 'true',
    CI_API_V4_URL: forge.url,
    CI_PROJECT_ID: '42',
    CI_PROJECT_URL: `${forge.url}/acme/app`,
    CI_MERGE_REQUEST_IID: '12',
    GITLAB_TOKEN: TOKEN,
  }),
  CircleCI: () => ({
    CIRCLECI: 'true',
    GITHUB_API_URL: forge.url,
    CIRCLE_PULL_REQUEST: 'https://github.com/acme/app/pull/12',
    CIRCLE_BRANCH: 'topic',
    GITHUB_TOKEN: TOKEN,
  }),
};

type Variables = Record<string, string | undefined>;

interface Given {
  variables: Variables;
  output?: string;
  passed?: boolean;
}

async function run({
  variables,
  output = 'Plan: 1 to add, 0 to change, 0 to destroy.\n',
  passed = true,
}: Given) {
  const printed: string[] = [];
  let runs = 0;
  const ports = {
    runDiff: async () => {
      runs += 1;
      return { output, passed };
    },
    readCommit: async () => '0123456789ab',
    wait: async () => {},
    print: (line: string) => printed.push(line),
  };
  const error = await postDiff({ ENV: 'stg', ...variables }, ports).catch((error: Error) => error);
  return { error, printed: printed.join('\n'), runs };
}

describe.each(Object.entries(pipelines))('in a pipeline of %s', (_name, toVariables) => {
  test('the diff is one comment, which the next run replaces', async () => {
    await run({ variables: toVariables() });
    await run({ variables: toVariables(), output: 'No changes. Your infrastructure matches.\n' });
    expect(forge.comments).toHaveLength(1);
    expect(forge.comments[0]?.body).toContain('No changes.');
    expect(forge.comments[0]?.body).not.toContain('1 to add');
  });

  test('each environment has a comment of its own', async () => {
    await run({ variables: toVariables() });
    await run({ variables: { ...toVariables(), ENV: 'prd' } });
    expect(forge.comments.map(({ body }) => body.split('\n')[0])).toEqual([
      '<!-- muster-diff: stg -->',
      '<!-- muster-diff: prd -->',
    ]);
  });

  test('ours is found on a later page', async () => {
    forge.page = 2;
    forge.comments.push(...['one', 'two', 'three', 'four'].map((body, index) => ({ id: index + 1, body })));
    await run({ variables: toVariables() });
    await run({ variables: toVariables() });
    expect(forge.comments).toHaveLength(5);
  });

  test('a comment of somebody else that looks like ours is left alone', async () => {
    forge.comments.push({ id: 1, body: '<!-- muster-diff: stg --> mine', foreign: true });
    await run({ variables: toVariables() });
    await run({ variables: toVariables() });
    expect(forge.comments).toHaveLength(2);
    expect(forge.comments[0]?.body).toContain('mine');
  });

  test('a request to another branch gets no diff', async () => {
    const { error, printed, runs } = await run({ variables: { ...toVariables(), TARGET: 'main' } });
    expect({ error, runs, comments: forge.comments }).toEqual({ error: undefined, runs: 0, comments: [] });
    expect(printed).toContain('develop');
  });

  test('a request to that branch gets one', async () => {
    await run({ variables: { ...toVariables(), TARGET: 'develop' } });
    expect(forge.comments).toHaveLength(1);
  });

  test('a diff that failed is said in the comment, and fails the job', async () => {
    const { error } = await run({ variables: toVariables(), output: 'Error: no credentials', passed: false });
    expect(error).toBeInstanceOf(Error);
    expect(forge.comments[0]?.body).toContain('failed');
  });

  test('a token that is refused is said with the remedy, and without the token', async () => {
    forge.failures = [403];
    const { error } = await run({ variables: toVariables() });
    expect(error?.message).toMatch(/403.*\n.*_TOKEN needs/);
    expect(error?.message).not.toContain(TOKEN);
  });

  test('a token that is missing is said before anything is done', async () => {
    const { error, runs } = await run({
      variables: { ...toVariables(), GITHUB_TOKEN: undefined, GITLAB_TOKEN: undefined },
    });
    expect(error?.message).toMatch(/_TOKEN is not set/);
    expect({ runs, calls: forge.calls }).toEqual({ runs: 0, calls: [] });
  });

  test('an answer that says come again is asked again', async () => {
    forge.failures = [502, 429];
    await run({ variables: toVariables() });
    expect(forge.comments).toHaveLength(1);
  });

  test('a comment whose making was answered with an error is not made again', async () => {
    forge.failures = [0, 502];
    const { error } = await run({ variables: toVariables() });
    expect(error?.message).toContain('502');
    expect(forge.calls.filter((call) => call.startsWith('POST'))).toHaveLength(1);
  });

  test('the token is in no comment, whatever the diff says', async () => {
    await run({ variables: toVariables(), output: `a ${TOKEN} b` });
    expect(forge.comments[0]?.body).toContain('a *** b');
  });
});

test('a branch without a request is no failure', async () => {
  const { error, runs } = await run({
    variables: {
      ...pipelines.CircleCI(),
      CIRCLE_PULL_REQUEST: undefined,
      GITHUB_REPOSITORY: 'acme/app',
      CIRCLE_BRANCH: 'alone',
    },
  });
  expect({ error, runs }).toEqual({ error: undefined, runs: 0 });
});

test('CircleCI finds the request by the branch where it does not tell it', async () => {
  await run({
    variables: {
      ...pipelines.CircleCI(),
      CIRCLE_PULL_REQUEST: undefined,
      CIRCLE_PROJECT_USERNAME: 'acme',
      CIRCLE_PROJECT_REPONAME: 'app',
    },
  });
  expect(forge.calls).toContain('POST /repos/acme/app/issues/12/comments');
});

test('GitHub gets the token as it wants it, GitLab as it does', async () => {
  await run({ variables: pipelines['GitHub Actions']() });
  expect(forge.headers.authorization).toBe(`Bearer ${TOKEN}`);
  await run({ variables: pipelines['GitLab CI']() });
  expect(forge.headers['private-token']).toBe(TOKEN);
});

test('outside of a pipeline it says so', async () => {
  const { error } = await run({ variables: {} });
  expect(error?.message).toContain('GITHUB_ACTIONS');
});

test('a host that nobody is at is said', async () => {
  const url = forge.url;
  await forge.close();
  forge = await startStandIn();
  const { error } = await run({ variables: { ...pipelines['GitHub Actions'](), GITHUB_API_URL: url } });
  expect(error?.message).toContain('cannot be reached');
});
