import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readSecrets } from '../../../../lambda/scaler/secrets/read-secret';
import { steadyClock } from '../../../clock/steady-clock';
import { type Answer, type Params, serveAws } from '../aws-server';
import type { Served } from '../serve';

const SECRET = 'muster/dev/ci/main/api-token';
let server: Served & { calls: Params[] };
let answer: Answer;
let client: SecretsManagerClient;

beforeEach(async () => {
  server = await serveAws(() => answer);
  client = new SecretsManagerClient({
    endpoint: server.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

test('the string of the secret is the token', async () => {
  answer = { json: { SecretString: 'abc' } };
  await expect(readSecrets(client, steadyClock)(SECRET)).resolves.toEqual({ kind: 'token', value: 'abc' });
  expect(server.calls[0]).toMatchObject({ SecretId: SECRET });
});

test.each<[what: string, given: Answer, problem: string]>([
  [
    'a secret that nobody filled',
    { json: { __type: 'ResourceNotFoundException' }, status: 400 },
    'token-missing',
  ],
  ['an empty secret', { json: { SecretString: '' } }, 'token-missing'],
  ['a binary secret', { json: { SecretBinary: 'YWJj' } }, 'token-missing'],
  ['a role that may not', { json: { __type: 'AccessDeniedException' }, status: 400 }, 'token-unreadable'],
  ['a failure of AWS', { json: { __type: 'InternalServiceError' }, status: 500 }, 'token-unreadable'],
  ['silence', 'hang', 'token-unreadable'],
])('%s is no token, and says which secret', async (_what, given, problem) => {
  answer = given;
  const token = await readSecrets(client, steadyClock)(SECRET);
  expect(token).toMatchObject({ kind: 'unknown', problem, detail: expect.stringContaining(SECRET) });
});
