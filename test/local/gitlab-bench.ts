/** A stand-in GitLab on a free port with one project and one runner: what its tests start from. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGitlab } from '../../local/ci/gitlab/server';
import type { GitlabJob } from '../../local/ci/gitlab/state';
import type { Service } from '../../local/cloud/http-service';

export const PROJECT = 'acme/app';
export const RUNNER_ID = 7;
/** Not a token that somebody could take for a real one. */
export const RUNNER_TOKEN = ['glrt', 'of-a-test'].join('-');
export const READ_TOKEN = 'read-token-of-a-test';
export const INSTANCE_ID = 'i-0123456789abcdef0';
/** What the instance with that id writes; see provision/rootfs/usr/lib/muster/ci/gitlab-system-id. */
export const SYSTEM_ID = 's_P4v6Ki2qVYEU';

const RUNNER = {
  id: RUNNER_ID,
  token: RUNNER_TOKEN,
  tags: ['linux'],
  runUntagged: true,
  projects: [PROJECT],
};

export class GitlabBench {
  now = Date.UTC(2026, 0, 1);

  private constructor(private readonly logDir: string) {}

  private service: Service | null = null;

  static async start(lostSeconds = 15): Promise<GitlabBench> {
    const logDir = mkdtempSync(join(tmpdir(), 'muster-gitlab-jobs-'));
    const bench = new GitlabBench(logDir);
    const options = { host: '127.0.0.1', port: 0, logDir, lostSeconds, now: () => bench.now };
    bench.service = await startGitlab(options);
    await bench.setUp({
      projects: { [PROJECT]: { protected: ['main', 'release/*'], protectedTags: ['v*'] } },
      runners: [RUNNER],
      tokens: [{ token: READ_TOKEN, scopes: ['read_api'] }],
    });
    return bench;
  }

  get url(): string {
    if (!this.service) throw new Error('the bench has not started');
    return this.service.url;
  }

  setUp(setup: object): Promise<unknown> {
    return this.admin('PUT', 'setup', setup);
  }

  async admin<T>(method: string, path: string, body?: unknown): Promise<T> {
    return (await (await this.send(method, `/_local/${path}`, body)).json()) as T;
  }

  send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return fetch(`${this.url}${path}`, { method, headers, ...(body === undefined ? {} : { body: payload }) });
  }

  get(path: string, token: string | null = READ_TOKEN): Promise<Response> {
    return this.send('GET', `/api/v4${path}`, undefined, token ? { 'private-token': token } : {});
  }

  async read<T>(path: string): Promise<T> {
    return (await (await this.get(path)).json()) as T;
  }

  enqueue(...jobs: Partial<GitlabJob>[]): Promise<string[]> {
    return this.admin(
      'POST',
      'jobs',
      jobs.map((job) => ({ project: PROJECT, seconds: 1, ...job })),
    );
  }

  async job(id: string): Promise<GitlabJob> {
    const found = (await this.admin<GitlabJob[]>('GET', 'jobs')).find((job) => job.id === id);
    if (!found) throw new Error(`no job ${id}`);
    return found;
  }

  /** Asks for a job as gitlab-runner does. */
  request(changes: object = {}): Promise<Response> {
    const body = { token: RUNNER_TOKEN, system_id: SYSTEM_ID, info: { version: '18.5.0' }, ...changes };
    return this.send('POST', '/api/v4/jobs/request', body);
  }

  /** The job that the runner gets, or null. */
  async take(changes: object = {}): Promise<TakenJob | null> {
    const answer = await this.request(changes);
    return answer.status === 201 ? ((await answer.json()) as TakenJob) : null;
  }

  async taken(): Promise<TakenJob> {
    const job = await this.take();
    if (!job) throw new Error('no job for this runner');
    return job;
  }

  update(job: TakenJob, body: object): Promise<Response> {
    return this.send('PUT', `/api/v4/jobs/${job.id}`, { token: job.token, ...body });
  }

  trace(job: TakenJob, offset: number, text: string | Buffer): Promise<Response> {
    const headers = {
      'job-token': job.token,
      'content-range': `${offset}-${offset + Buffer.byteLength(text) - 1}`,
      'content-type': 'text/plain',
    };
    return this.send('PATCH', `/api/v4/jobs/${job.id}/trace?debug_trace=false`, text, headers);
  }

  async stop(): Promise<void> {
    await this.service?.stop();
    rmSync(this.logDir, { recursive: true, force: true });
  }
}

export interface TakenJob {
  id: number;
  token: string;
  steps: { name: string; script: string[] }[];
  variables: { key: string; value: string; masked: boolean }[];
  [field: string]: unknown;
}
