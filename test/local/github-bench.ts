/** A stand-in GitHub on a free port with one repository, an App installed in it and a token: what its tests start from. */
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobMessage } from '../../local/ci/github/agent-api';
import { signJwt } from '../../local/ci/github/jwt';
import { startGithub } from '../../local/ci/github/server';
import type { Service } from '../../local/cloud/http-service';
import { type LocalGithub, makeLocalGithub } from '../../local/run/ci/github';

export const REPOSITORY = 'acme/app';
/** Not a token that somebody could take for a real one. */
export const TOKEN = ['github_pat', 'of-a-test'].join('_');
export const LABEL = 'muster-dev-app-sxyz12-0123abcd';
export const LABELS = ['self-hosted', 'linux', 'x64', LABEL];

export interface Heard {
  status: number;
  messageType?: string;
  body?: JobMessage;
  errorKind?: string;
}

export class GithubBench {
  now = Date.UTC(2026, 0, 1);
  readonly logDir = mkdtempSync(join(tmpdir(), 'muster-github-jobs-'));

  private service: Service | null = null;

  static async start(lostSeconds = 15): Promise<GithubBench> {
    const bench = new GithubBench();
    const { logDir } = bench;
    const options = { host: '127.0.0.1', port: 0, logDir, lostSeconds, now: () => bench.now };
    bench.service = await startGithub(options);
    await bench.github.setUp({
      repositories: { [REPOSITORY]: { ids: { owner: 12, repository: 34 } }, 'acme/other': {} },
      installations: [{ repositories: [REPOSITORY] }],
      tokens: [{ token: TOKEN, repositories: [REPOSITORY] }],
    });
    return bench;
  }

  get url(): string {
    if (!this.service) throw new Error('the bench has not started');
    return this.service.url;
  }

  get github(): LocalGithub {
    return makeLocalGithub(this.url);
  }

  send(method: string, path: string, bearer: string | null = TOKEN, body?: unknown): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method,
      headers: bearer === null ? {} : { authorization: `Bearer ${bearer}` },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }

  actions(method: string, path: string, body?: unknown, bearer: string | null = TOKEN): Promise<Response> {
    return this.send(method, `/repos/${REPOSITORY}/actions/${path}`, bearer, body);
  }

  /** A token of the App itself; `claims` over those that are right. */
  async asApp(claims: Record<string, unknown> = {}, privateKey?: string): Promise<string> {
    const app = await this.github.readApp();
    const seconds = Math.floor(this.now / 1000);
    return signJwt(
      { iss: app.appId, iat: seconds - 60, exp: seconds + 540, ...claims },
      createPrivateKey(privateKey ?? app.privateKey),
    );
  }

  async installationToken(): Promise<string> {
    const jwt = await this.asApp();
    const found = await this.send('GET', `/repos/${REPOSITORY}/installation`, jwt);
    const { id } = (await found.json()) as { id: number };
    const made = await this.send('POST', `/app/installations/${id}/access_tokens`, jwt, {});
    return ((await made.json()) as { token: string }).token;
  }

  mint(changes: object = {}, bearer: string | null = TOKEN): Promise<Response> {
    const body = { name: LABEL, runner_group_id: 1, labels: LABELS, work_folder: '_work', ...changes };
    return this.actions('POST', 'runners/generate-jitconfig', body, bearer);
  }

  /** A runner as its Listener is after it has read its configuration. */
  async minted(name = LABEL): Promise<BenchRunner> {
    const answer = await this.mint({ name, labels: [...LABELS.slice(0, 3), name] });
    const { runner, encoded_jit_config: encoded } = (await answer.json()) as {
      runner: { id: number };
      encoded_jit_config: string;
    };
    return new BenchRunner(runner.id, decodeJitConfig(encoded));
  }

  async stop(): Promise<void> {
    await this.service?.stop();
    rmSync(this.logDir, { recursive: true, force: true });
  }
}

export type JitConfig = Record<
  '.runner' | '.credentials' | '.credentials_rsaparams',
  Record<string, unknown>
>;

export function decodeJitConfig(encoded: string): JitConfig {
  const fromBase64 = (text: string) => JSON.parse(Buffer.from(text, 'base64').toString('utf8'));
  const files = Object.entries(fromBase64(encoded) as Record<string, string>);
  return Object.fromEntries(files.map(([name, content]) => [name, fromBase64(content)])) as JitConfig;
}

export class BenchRunner {
  private session = '';

  constructor(
    readonly id: number,
    readonly config: JitConfig,
  ) {}

  async ask(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    const { token } = this.config['.credentials'].data as { token: string };
    return fetch(`${this.config['.runner'].serverUrlV2}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(signal ? { signal } : {}),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }

  /** The status of the answer. */
  async connect(version = '2.330.0'): Promise<number> {
    const answer = await this.ask('POST', '/session', { ownerName: 'test', agent: { version } });
    const { sessionId = '' } = (await answer.json()) as { sessionId?: string };
    if (answer.ok) this.session = sessionId;
    return answer.status;
  }

  async poll(status: 'Online' | 'Busy' = 'Online', signal?: AbortSignal): Promise<Heard> {
    const path = `/message?sessionId=${this.session}&status=${status}&runnerVersion=2.330.0`;
    const answer = await this.ask('GET', path, undefined, signal);
    const text = await answer.text();
    return { ...(text ? (JSON.parse(text) as object) : {}), status: answer.status };
  }

  /** Polls until it hears of a job. */
  async takeJob(): Promise<JobMessage> {
    const { body, status } = await this.poll();
    if (!body) throw new Error(`no job for the runner, but ${status}`);
    return body;
  }

  async finish({ jobId }: JobMessage, result: string, more: object = {}): Promise<number> {
    return (await this.ask('POST', `/jobs/${jobId}/finish`, { result, exitCode: null, ...more })).status;
  }
}
