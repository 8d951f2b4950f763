/** The configuration of a just-in-time runner: three files, each base64, in a JSON object that is base64 itself. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { GithubState, Runner } from './state';

const base64 = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
const number = (bytes: number) => randomBytes(bytes).toString('base64');

/** Of the length that a key of 2,048 bits has there; nobody signs with it. */
const keyLike = () => ({
  d: number(256),
  dp: number(128),
  dq: number(128),
  exponent: 'AQAB',
  inverseQ: number(128),
  modulus: number(256),
  p: number(128),
  q: number(128),
});

export function encodeJitConfig(state: GithubState, runner: Runner, workFolder: string): string {
  const server = `${state.url}/_agent`;
  return base64({
    '.runner': base64({
      agentId: runner.id,
      agentName: runner.name,
      poolId: 1,
      poolName: 'Default',
      ephemeral: true,
      disableUpdate: false,
      serverUrl: server,
      serverUrlV2: server,
      useV2Flow: true,
      gitHubUrl: `${state.url}/${runner.repository}`,
      workFolder,
    }),
    '.credentials': base64({
      scheme: 'OAuth',
      data: {
        clientId: randomUUID(),
        authorizationUrl: `${state.url}/_agent/oauth2/token`,
        token: runner.secret,
      },
    }),
    '.credentials_rsaparams': base64(keyLike()),
  });
}
