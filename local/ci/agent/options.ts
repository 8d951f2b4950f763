/** The real agent's configuration: its file, then the environment on top. Keys that have no use here are read over. */
import { parse } from 'yaml';

export interface AgentOptions {
  authToken: string;
  url: string;
  name: string;
  mode: 'continuous' | 'single-task';
  commandPrefix: string[];
  /** Where the task agent is put: users other than ours must be able to execute it. */
  taskAgentDirectory: string;
  /** `%s` becomes the task's id. */
  workingDirectory: string;
  cleanupWorkingDirectory: boolean;
  maxRunTimeMs: number;
  /** Null: wait for ever. */
  idleTimeoutMs: number | null;
}

const UNIT_MS: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Milliseconds of a duration as Go writes it: 5h, 1m30s, 500ms. */
export function parseDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text)
    throw new Error(`${JSON.stringify(text)} is not a duration: use 5h, 1m30s or the like.`);
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNIT_MS[unit ?? ''] ?? 0), 0);
}

type Section = Record<string, unknown>;
const section = (value: unknown, key: string): Section => {
  const found = (value as Section | null)?.[key];
  return typeof found === 'object' && found !== null ? (found as Section) : {};
};

/** Every word of a prefix: a list in the file; in the environment a JSON list, or words between spaces. */
function toPrefix(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== 'string' || value === '') return [];
  return value.startsWith('[') ? (JSON.parse(value) as string[]) : value.split(/[\s,]+/);
}

export function parseOptions(
  file: string,
  environment: Record<string, string | undefined>,
  hostname: string,
): AgentOptions {
  const document: unknown = parse(file);
  const api = section(document, 'api');
  const runner = section(document, 'runner');
  const read = (name: string, value: unknown): string | undefined => {
    const text = environment[`CIRCLECI_RUNNER_${name}`] ?? value;
    return text === undefined || text === null ? undefined : String(text);
  };
  const authToken = read('API_AUTH_TOKEN', api.auth_token);
  if (!authToken) throw new Error('api.auth_token is missing: set it or CIRCLECI_RUNNER_API_AUTH_TOKEN.');
  const mode = read('MODE', runner.mode) ?? 'continuous';
  if (mode !== 'continuous' && mode !== 'single-task')
    throw new Error(`runner.mode is ${JSON.stringify(mode)}: use continuous or single-task.`);
  const idle = read('IDLE_TIMEOUT', runner.idle_timeout);
  return {
    authToken,
    url: (read('API_URL', api.url) ?? 'https://runner.circleci.com').replace(/\/+$/, ''),
    name: read('NAME', runner.name) ?? hostname,
    mode,
    commandPrefix: toPrefix(environment.CIRCLECI_RUNNER_COMMAND_PREFIX ?? runner.command_prefix),
    taskAgentDirectory:
      read('TASK_AGENT_DIRECTORY', runner.task_agent_directory) ?? '/var/lib/circleci-runner/task-agent',
    workingDirectory: read('WORK_DIR', runner.working_directory) ?? '/var/lib/circleci-runner/workdir/%s',
    cleanupWorkingDirectory: read('CLEANUP_WORK_DIR', runner.cleanup_working_directory) === 'true',
    maxRunTimeMs: parseDuration(read('MAX_RUN_TIME', runner.max_run_time) ?? '5h'),
    idleTimeoutMs: idle === undefined ? null : parseDuration(idle),
  };
}
