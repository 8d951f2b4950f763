/** AssumeRoleWithWebIdentity of the local AWS: who is let into a role, by the token's signature and the trust policy. */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { type LocalAws, startLocalAws } from './start-local-aws';

const ISSUER = 'token.actions.githubusercontent.com';
const AUDIENCE = 'sts.amazonaws.com';
const SUBJECTS = ['repo:octo/app:environment:ci', 'repo:octo@1/app@2:environment:ci'];
const ACCOUNT = '123456789012';

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const keys = pair();
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function sign(claims: object, { privateKey = keys.privateKey, kid = 'one', alg = 'RS256' } = {}): string {
  const content = `${encode({ alg, typ: 'JWT', kid })}.${encode(claims)}`;
  return `${content}.${createSign('RSA-SHA256').update(content).sign(privateKey, 'base64url')}`;
}

let aws: LocalAws;
let provider: Server;
beforeAll(async () => {
  const jwk = { ...keys.publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' };
  provider = createServer((_, answer) => answer.end(JSON.stringify({ keys: [jwk] })));
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const { port } = provider.address() as AddressInfo;
  aws = await startLocalAws({ MUSTER_LOCAL_JWKS_URL: `http://127.0.0.1:${port}/.well-known/jwks` });
  await query('iam', 'CreateOpenIDConnectProvider', {
    Url: `https://${ISSUER}`,
    'ClientIDList.member.1': AUDIENCE,
  });
  await makeRole('workflow');
});
afterAll(async () => {
  await aws?.stop();
  provider?.close();
});

async function query(service: 'iam' | 'sts', operation: string, parameters: Record<string, string>) {
  const version = service === 'iam' ? '2010-05-08' : '2011-06-15';
  const signature = `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const answer = await fetch(aws.url, {
    method: 'POST',
    headers: service === 'iam' ? { authorization: signature } : {},
    body: new URLSearchParams({ Action: operation, Version: version, ...parameters }),
  });
  return { status: answer.status, text: await answer.text() };
}

const condition = {
  StringEquals: { [`${ISSUER}:aud`]: AUDIENCE, [`${ISSUER}:sub`]: SUBJECTS },
};
const trust = (change: object = {}) => ({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${ISSUER}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: condition,
  ...change,
});
const makeRole = (RoleName: string, ...statements: object[]) =>
  new IAMClient(aws.client).send(
    new CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: statements.length > 0 ? statements : [trust()],
      }),
    }),
  );

const claims = (change: object = {}) => {
  const now = Math.floor(Date.now() / 1000);
  return { iss: `https://${ISSUER}`, aud: AUDIENCE, sub: SUBJECTS[0], iat: now, exp: now + 300, ...change };
};
const assume = (token: string, role = 'workflow', change: Record<string, string> = {}) =>
  query('sts', 'AssumeRoleWithWebIdentity', {
    RoleArn: `arn:aws:iam::${ACCOUNT}:role/${role}`,
    RoleSessionName: 'GitHubActions',
    WebIdentityToken: token,
    ...change,
  });

test.each(SUBJECTS)('lets %s in, and books what it does then to the role', async (sub) => {
  const { status, text } = await assume(sign(claims({ sub })));
  expect({ status, text }).toMatchObject({ status: 200 });
  const key = /<AccessKeyId>(.+)<\/AccessKeyId>/.exec(text)?.[1];
  const { next } = await aws.local<{ next: number }>('GET', 'calls?since=0');
  await fetch(aws.url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0`,
      'x-amz-target': 'AmazonSSM.DescribeParameters',
      'content-type': 'application/x-amz-json-1.1',
    },
    body: '{}',
  });
  expect(await aws.local('GET', `calls?since=${next}`)).toMatchObject({
    calls: [{ principal: 'workflow', service: 'ssm', operation: 'DescribeParameters' }],
  });
});

test('books the call itself as nobody that AWS knows', async () => {
  const { next } = await aws.local<{ next: number }>('GET', 'calls?since=0');
  await assume(sign(claims()));
  expect(await aws.local('GET', `calls?since=${next}`)).toMatchObject({
    calls: [
      { principal: 'web-identity', service: 'sts', operation: 'AssumeRoleWithWebIdentity', status: 200 },
    ],
  });
});

describe('is refused', () => {
  test.each([
    ['another environment', 'repo:octo/app:environment:other'],
    ['a branch', 'repo:octo/app:ref:refs/heads/main'],
    ['a pull request', 'repo:octo/app:pull_request'],
    ['another repository', 'repo:octo/app2:environment:ci'],
    ['a longer name', 'repo:octo/app:environment:ci2'],
    ['other ids', 'repo:octo@1/app@3:environment:ci'],
    ['another case', 'repo:Octo/app:environment:ci'],
  ])('%s: AccessDenied', async (_, sub) => {
    const { status, text } = await assume(sign(claims({ sub })));
    expect(status).toBe(403);
    expect(text).toMatch(/<Code>AccessDenied<.*Not authorized to perform sts:AssumeRoleWithWebIdentity/s);
  });

  test('a role that is not there', async () => {
    expect((await assume(sign(claims()), 'none')).text).toMatch(/AccessDenied/);
  });

  test.each([
    [
      'another audience',
      () => sign(claims({ aud: 'https://github.com/octo' })),
      /InvalidIdentityToken.*Incorrect token audience/s,
    ],
    [
      'another issuer',
      () => sign(claims({ iss: 'https://example.org' })),
      /InvalidIdentityToken.*No OpenIDConnect provider/s,
    ],
    ['an old token', () => sign(claims({ exp: Math.floor(Date.now() / 1000) - 1 })), /ExpiredTokenException/],
    ['another signature', () => sign(claims(), { privateKey: pair().privateKey }), /InvalidIdentityToken/],
    ['an unknown key', () => sign(claims(), { kid: 'two' }), /InvalidIdentityToken.*verification key/s],
    ['no signature', () => `${encode({ alg: 'none' })}.${encode(claims())}.`, /InvalidIdentityToken/],
    ['no token', () => 'word', /InvalidIdentityToken/],
  ])('%s', async (_, token, message) => {
    const { status, text } = await assume(token());
    expect(status).toBe(400);
    expect(text).toMatch(message);
  });

  test('a session longer than the role allows', async () => {
    const { text } = await assume(sign(claims()), 'workflow', { DurationSeconds: '7200' });
    expect(text).toMatch(/MaxSessionDuration/);
  });
});

describe('a trust policy', () => {
  test('with a pattern lets in what matches it, and a denial goes before it', async () => {
    const like = { StringLike: { [`${ISSUER}:sub`]: 'repo:octo/*:environment:ci' } };
    await makeRole('pattern', trust({ Condition: like }));
    expect(await assume(sign(claims({ sub: 'repo:octo/any:environment:ci' })), 'pattern')).toMatchObject({
      status: 200,
    });
    expect(await assume(sign(claims({ sub: 'repo:other/any:environment:ci' })), 'pattern')).toMatchObject({
      status: 403,
    });
    await makeRole('denied', trust(), trust({ Effect: 'Deny' }));
    expect(await assume(sign(claims()), 'denied')).toMatchObject({ status: 403 });
  });

  test('of another action or provider lets nobody in', async () => {
    await makeRole('action', trust({ Action: 'sts:AssumeRole' }));
    await makeRole('provider', trust({ Principal: { Service: 'ecs-tasks.amazonaws.com' } }));
    for (const role of ['action', 'provider'])
      expect(await assume(sign(claims()), role)).toMatchObject({ status: 403 });
  });

  test('that is not understood is not guessed', async () => {
    await makeRole('operator', trust({ Condition: { StringNotLike: { [`${ISSUER}:sub`]: '*' } } }));
    expect(await assume(sign(claims()), 'operator')).toMatchObject({ status: 501 });
  });
});
