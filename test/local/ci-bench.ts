/** A stand-in CI on a free port with one class, and agents as processes of this host: what the tests of both start from. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleAgent } from '../../local/ci/agent/bundle';
import type { Job } from '../../local/ci/circleci/jobs';
import { startCircleci } from '../../local/ci/circleci/server';
import type { Service } from '../../local/cloud/http-service';
import { type AgentProcess, watchAgent } from './agent-process';

export const CLASS = 'acme/linux';
export const TOKENS = { runnerToken: 'runner-token-of-a-test', apiToken: 'api-token-of-a-test' };

/** Of silence, after which a job is lost. */
export const LOST_SECONDS = 30;

export class CiBench {
  readonly folder = mkdtempSync(join(tmpdir(), 'muster-ci-'));
  /** By how much its clock is ahead. */
  aheadMs = 0;
  private readonly agents: AgentProcess[] = [];
  private service!: Service;
  private constructor() {}

  static async start(): Promise<CiBench> {
    const logDir = mkdtempSync(join(tmpdir(), 'muster-ci-jobs-'));
    const bench = new CiBench();
    const now = () => Date.now() + bench.aheadMs;
    bench.service = await startCircleci({
      host: '127.0.0.1',
      port: 0,
      logDir,
      lostSeconds: LOST_SECONDS,
      now,
    });
    await bench.admin('PUT', 'classes', { [CLASS]: TOKENS });
    const entry = resolve(__dirname, '../../local/ci/agent/main.ts');
    await bundleAgent(entry, join(bench.folder, 'circleci-runner'), process.execPath, '3.0.0');
    return bench;
  }

  get url(): string {
    return this.service.url;
  }

  async admin<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/_local/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as T;
  }

  get(path: string, token: string | null = TOKENS.apiToken): Promise<Response> {
    return fetch(`${this.url}${path}`, token ? { headers: { 'Circle-Token': token } } : {});
  }

  async enqueue(...jobs: Partial<Job>[]): Promise<string[]> {
    return this.admin(
      'POST',
      'jobs',
      jobs.map((job) => ({ resourceClass: CLASS, seconds: 0.1, ...job })),
    );
  }

  jobs(): Promise<Job[]> {
    return this.admin('GET', 'jobs');
  }

  async job(id: string): Promise<Job> {
    const found = (await this.jobs()).find((job) => job.id === id);
    if (!found) throw new Error(`no job ${id}`);
    return found;
  }

  /** @param environment on top of a single-task agent that leaves after 2 s without a task */
  startAgent(environment: Record<string, string> = {}, args: string[] = ['machine']): AgentProcess {
    const name = `agent-${this.agents.length}`;
    const config = join(this.folder, `${name}.yaml`);
    writeFileSync(
      config,
      `api:\n  auth_token: ${TOKENS.runnerToken}\nrunner:\n  mode: single-task\n  cleanup_working_directory: true\n`,
    );
    const child = spawn(join(this.folder, 'circleci-runner'), [...args, '-c', config], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        CIRCLECI_RUNNER_API_URL: this.url,
        CIRCLECI_RUNNER_NAME: name,
        CIRCLECI_RUNNER_IDLE_TIMEOUT: '2s',
        CIRCLECI_RUNNER_WORK_DIR: join(this.folder, 'work', '%s'),
        CIRCLECI_RUNNER_TASK_AGENT_DIRECTORY: join(this.folder, `${name}-task-agent`),
        ...environment,
      },
    });
    const agent = watchAgent(child);
    this.agents.push(agent);
    return agent;
  }

  async stop(): Promise<void> {
    for (const agent of this.agents) agent.process.kill('SIGKILL');
    await Promise.all(this.agents.map(({ ended }) => ended));
    await this.service.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
