/** A job as POST /jobs/request answers it; of the fields only those that mean something here. */
export interface Job {
  id: number;
  token: string;
  job_info: { name: string; project_full_path?: string; project_name?: string };
  git_info: { repo_url: string };
  runner_info: { timeout: number };
  variables: { key: string; value: string; file?: boolean }[];
  steps: { name: string; script: string[] }[];
  image: { name: string } | null;
}

/** The stages in the order in which a job goes through them. Only the last two come after one that failed. */
export type Stage =
  | 'prepare_script'
  | 'get_sources'
  | 'step_script'
  | 'after_script'
  | 'cleanup_file_variables';

export interface Ended {
  /** Null: it did not end by itself, or its environment failed. */
  exitCode: number | null;
  reason: 'script_failure' | 'runner_system_failure' | 'job_execution_timeout' | null;
}

export const SUCCEEDED: Ended = { exitCode: 0, reason: null };
export const systemFailure: Ended = { exitCode: null, reason: 'runner_system_failure' };

/** What a job runs in. */
export interface Executor {
  /** Throws when there is nothing to run in. */
  prepare: (job: Job, write: (text: string) => void) => Promise<{ buildsDir: string }>;
  run: (stage: Stage, script: string, write: (text: string) => void, signal: AbortSignal) => Promise<Ended>;
  cleanup: () => Promise<void>;
}
