/** The configuration of a just-in-time runner: three files, each base64, in a JSON object that is base64 itself. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { GithubState, Runner } from './state';

const base64 = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');
const number = (bytes: number) => randomBytes(bytes).toString('base64');

/** Like a key, which nobody signs with: of a length that makes the whole more than 4 KB, as GitHub's may be. */
const keyLike = () => ({
  d: number(320),
  dp: number(160),
  dq: number(160),
  exponent: 'AQAB',
  inverseQ: number(160),
  modulus: number(320),
  p: number(160),
  q: number(160),
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
