import { generateKeyPairSync } from 'node:crypto';
import { parseGithubCredentials } from '../../github/credentials';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (type: 'pkcs1' | 'pkcs8') => privateKey.export({ type, format: 'pem' }) as string;

test('a fine-grained token is taken as it is, without the line end after it', () => {
  expect(parseGithubCredentials('github_pat_canary\n')).toEqual({
    kind: 'token',
    token: 'github_pat_canary',
  });
});

test.each(['pkcs1', 'pkcs8'] as const)('an App is taken with its key as %s', (type) => {
  const given = { appId: 123456, privateKey: pem(type) };
  expect(parseGithubCredentials(JSON.stringify(given))).toEqual({
    kind: 'app',
    appId: '123456',
    privateKey: pem(type),
  });
});

test('a key whose line ends were written out is read as it was meant', () => {
  const given = { appId: 'Iv23liCanary', privateKey: pem('pkcs1').replace(/\n/g, '\\n') };
  expect(parseGithubCredentials(JSON.stringify(given))).toMatchObject({ privateKey: pem('pkcs1') });
});

test.each([
  ['nothing', ' ', /no credential for GitHub/],
  ['a classic token', 'ghp_canary', /reaches every repository/],
  ["an installation's token", 'ghs_canary', /ends within an hour/],
  ['something else', 'canary', /none that is known|no credential for GitHub that is known/],
  ['broken JSON', '{"canary"', /no JSON/],
  ['JSON without an App', '{"privateKey": "canary"}', /no appId/],
  ['an App without a key', '{"appId": "1"}', /no privateKey/],
  ['a key that is none', '{"appId": "1", "privateKey": "canary"}', /no key in PEM form/],
  ['an id that is none', `{"appId": "canary canary", "privateKey": "x"}`, /no number/],
])('%s is refused, and not shown', (_name, text, why) => {
  const refuse = () => parseGithubCredentials(text);
  expect(refuse).toThrow(why);
  expect(refuse).not.toThrow(/canary/);
});
