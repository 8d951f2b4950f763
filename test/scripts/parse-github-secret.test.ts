import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { parseGithubCredentials } from '../../github/credentials';
import { ExpectedError } from '../../scripts/expected-error';
import { parseGithubSecret } from '../../scripts/parse-github-secret';
import { writeTemporaryFile } from './temporary-file';

const CANARY = 'canary5f1c0ffee';
/** GitHub gives keys in this form. */
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
const token = (prefix: string) => `${prefix}${CANARY}`;

test('a fine-grained token is taken as it is', () => {
  expect(parseGithubSecret(`${token('github_pat_')}\n`)).toBe(token('github_pat_'));
});

test('an App is taken on one line, as GitHub’s client reads it', () => {
  const line = parseGithubSecret(JSON.stringify({ appId: 123456, privateKey }, null, 2));
  expect(line).not.toContain('\n');
  expect(parseGithubCredentials(line)).toEqual({ kind: 'app', appId: '123456', privateKey });
  expect(parseGithubSecret(line)).toBe(line);
});

test('the command that an error names makes what is taken', () => {
  const pem = writeTemporaryFile(privateKey);
  const jq = ['--null-input', '--arg', 'appId', '123456', '--rawfile', 'privateKey', pem, '$ARGS.named'];
  const { stdout } = spawnSync('jq', jq, { encoding: 'utf8' });
  expect(JSON.parse(parseGithubSecret(stdout))).toEqual({ appId: '123456', privateKey });
});

test.each<[rule: string, text: string, says: RegExp]>([
  ['a classic token', token('ghp_'), /classic token.*every repository.*github_pat_/],
  ["an installation's token", token('ghs_'), /ends within an hour/],
  ['another token', token('glpat-'), /no credential for GitHub/],
  ['nothing', '\n', /no credential for GitHub/],
  ['a token with a space', token('github_pat_ '), /white space/],
  ['a token with another line', `${token('github_pat_')}\nmore`, /white space/],
  ['half a JSON', `{"appId": "${CANARY}"`, /no JSON/],
  ['an App without a key', `{"appId": "${CANARY}"}`, /privateKey/],
  ['a key without an App', JSON.stringify({ privateKey: CANARY }), /appId/],
  ['a key that is none', JSON.stringify({ appId: '123456', privateKey: CANARY }), /private key/],
  ['half a key', JSON.stringify({ appId: '123456', privateKey: privateKey.slice(0, 300) }), /private key/],
])('%s is refused with the reason, and without being repeated', (_rule, text, says) => {
  const refused = () => parseGithubSecret(text);
  expect(refused).toThrow(ExpectedError);
  expect(refused).toThrow(says);
  expect(refused).toThrow(/Nothing was stored/);
  expect(refused).not.toThrow(new RegExp(CANARY));
  expect(refused).not.toThrow(new RegExp(privateKey.slice(60, 100).replace(/[^\w]/g, '.')));
});
