/** Against a GitHub that answers over HTTP; Secrets Manager is a stand-in for its client. */
import { generateKeyPairSync } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { realClock } from '../../../clock/clock';
import { keepGithub } from '../../../lambda/housekeeper/runners/keep-github';
import { type Served, serve } from '../scaler/serve';

const TOKEN = ['github', 'pat', 'canary'].join('_');
const SECRET = 'muster/dev/ci/hub/api-token';
const aws = mockClient(SecretsManagerClient);
let github: Served;
let asked: [path: string, authorization: string | undefined][];
beforeEach(async () => {
  asked = [];
  aws.reset();
  aws.on(GetSecretValueCommand, { SecretId: SECRET }).resolves({ SecretString: `${TOKEN}\n` });
  github = await serve(({ url = '', headers }, response) => {
    asked.push([url.split('?')[0] ?? '', headers.authorization]);
    const answer = url.endsWith('/installation')
      ? { id: 3 }
      : url.includes('access_tokens')
        ? { token: 'of-the-installation', expires_at: '2999-01-01T00:00:00Z' }
        : { total_count: 0, runners: [] };
    response.writeHead(url.includes('access_tokens') ? 201 : 200).end(JSON.stringify(answer));
  });
});
afterEach(() => github.close());

const make = () => {
  const secrets = new SecretsManagerClient({ region: 'eu-central-1' });
  const read = keepGithub({ secrets, fetch, clock: realClock });
  return () => read({ baseUrl: github.url, credentialsSecret: SECRET });
};

test('a token is used as it is, and a new one from the next look on', async () => {
  const read = make();
  await (await read()).listRunners('acme/api');
  aws.on(GetSecretValueCommand).resolves({ SecretString: `${TOKEN}2` });
  await (await read()).listRunners('acme/api');
  expect(asked.map(([, authorization]) => authorization)).toEqual([`Bearer ${TOKEN}`, `Bearer ${TOKEN}2`]);
});

test('the token that an App got is kept from one look to the next', async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  aws.on(GetSecretValueCommand).resolves({ SecretString: JSON.stringify({ appId: '1', privateKey }) });
  const read = make();
  await (await read()).listRunners('acme/api');
  await (await read()).listRunners('acme/api');
  expect(asked.map(([path]) => path)).toEqual([
    '/repos/acme/api/installation',
    '/app/installations/3/access_tokens',
    '/repos/acme/api/actions/runners',
    '/repos/acme/api/actions/runners',
  ]);
});

test.each<[string, () => unknown]>([
  ['no value', () => aws.on(GetSecretValueCommand).rejects(named('ResourceNotFoundException'))],
  ['an empty one', () => aws.on(GetSecretValueCommand).resolves({ SecretString: ' ' })],
])('a secret with %s says what to run', async (_, breakSecret) => {
  breakSecret();
  await expect(make()()).rejects.toThrow(/ci\/hub\/api-token.*make secrets ACCOUNT=hub/);
});

test('a secret that AWS does not give is told', async () => {
  aws.on(GetSecretValueCommand).rejects(named('AccessDeniedException'));
  await expect(make()()).rejects.toThrow('AccessDeniedException');
});

test('a secret of another form is told, and not repeated', async () => {
  aws.on(GetSecretValueCommand).resolves({ SecretString: ['ghp', 'canary'].join('_') });
  await expect(make()()).rejects.toThrow(/classic token/);
  await expect(make()()).rejects.not.toThrow(/canary/);
});

const named = (name: string) => Object.assign(new Error(name), { name });
