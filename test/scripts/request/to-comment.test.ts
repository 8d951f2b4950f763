import fc from 'fast-check';
import { toComment, toSecrets } from '../../../scripts/request/to-comment';

const perfect = {
  environment: 'stg',
  output:
    'muster-stg  Terraform will perform the following actions:\n  + a\nPlan: 1 to add, 0 to change, 0 to destroy.\n',
  passed: true,
  commit: '0123456789ab',
  secrets: [] as string[],
  limit: 65_536,
};

test('Terraform’s own sum is said above the details', () => {
  const [before] = toComment(perfect).split('<details>');
  expect(before).toContain('Plan: 1 to add, 0 to change, 0 to destroy.');
});

const HALVES = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

test('a diff of any length fits the limit, and its end stays', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 200_000 }),
      fc.constantFrom('x', '\n', '😀', '`'),
      (length, sign) => {
        const output = `${sign.repeat(length)}\nPlan: 3 to add`;
        const comment = toComment({ ...perfect, output });
        expect(comment.length).toBeLessThanOrEqual(perfect.limit);
        expect(comment).toContain('\nPlan: 3 to add\n');
        // No half of a character.
        expect(comment).not.toMatch(HALVES);
      },
    ),
    { numRuns: 100 },
  );
});

test('GitLab takes more', () => {
  const output = 'x'.repeat(900_000);
  expect(toComment({ ...perfect, output, limit: 1_000_000 })).toContain(output);
  expect(toComment({ ...perfect, output })).toContain('characters left out');
});

test('a diff with a code block of its own does not end ours', () => {
  const lines = toComment({ ...perfect, output: '```\n</details>\n````' }).split('\n');
  const fence = lines.find((line) => /^`+text$/.test(line))?.replace('text', '');
  expect(fence).toBe('`````');
  expect(lines.filter((line) => line === fence)).toHaveLength(1);
});

test('colours and cursor movements are left out', () => {
  const comment = toComment({
    ...perfect,
    output: '\u001b[1m\u001b[32m+ add\u001b[0m\u001b]0;title\u0007\r\nnext\u0008',
  });
  expect(comment).toContain('\n+ add\nnext\n');
});

test.each([
  ['a runner token of GitLab', ['glrt', 'abcdefghijklmnop'].join('-')],
  ['a personal token of GitLab', ['glpat', 'abcdefghijklmnopqrst'].join('-')],
  ['a token of GitHub', ['ghs', 'abcdefghijklmnopqrstuvwxyz'].join('_')],
  ['an access key', ['AKIA', 'ABCDEFGHIJKLMNOP'].join('')],
  ['a web token', ['eyJhbGciOiJSUzI1NiJ9', 'eyJzdWIiOiJyZXBvIn0', 'c2lnbmF0dXJl'].join('.')],
])('%s is not shown', (_name, token) => {
  expect(toComment({ ...perfect, output: `before ${token} after` })).toContain('before *** after');
});

test('what the job was given as a credential is not shown', () => {
  const secrets = toSecrets({
    MY_TOKEN: 'my-own-token',
    AWS_SECRET_ACCESS_KEY: 'key-of-a-test',
    HOME: '/home/me/there',
  });
  const comment = toComment({ ...perfect, secrets, output: 'my-own-token key-of-a-test /home/me/there' });
  expect(comment).toContain('*** *** /home/me/there');
});

test('a file that holds a token is no secret itself', () => {
  expect(
    toSecrets({ AWS_WEB_IDENTITY_TOKEN_FILE: '/tmp/token', ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x' }),
  ).toEqual([]);
});
