/** What a workflow that is played is, and what comes of it. */
import type { CancelTimes } from './hosted/run-process';
import type { NewRun, StartedRun } from './runs-api';
import type { Conclusion, GithubJob, Step } from './state';

/** The admin client of the stand-in GitHub (local/run/ci/github.ts), as far as a workflow takes it. */
export interface WorkflowGithub {
  url: string;
  startRun(run: NewRun): Promise<StartedRun>;
  updateHosted(run: StartedRun, said: { steps: Step[]; conclusion?: Conclusion }): Promise<void>;
  queue(job: {
    repository: string;
    runId: number;
    labels: string[];
    name: string;
    seconds?: number;
    command?: string;
  }): Promise<string[]>;
  readJob(id: string): Promise<GithubJob>;
  cancel(jobId: string): Promise<void>;
}

export interface WorkflowOptions {
  github: WorkflowGithub;
  awsUrl: string;
  region: string;
  /** What is run, and so the subject of its tokens: repository, event, ref, environment; what GITHUB_TOKEN may do. */
  run: Omit<NewRun, 'name'>;
  /** Of configure-aws-credentials; null: the job does not log in. */
  roleArn: string | null;
  /** Folder of the action; default: actions/start-runner. */
  actionDir?: string;
  inputs: Record<string, string>;
  /** Inputs that are secrets of the repository: masked from the start. */
  secrets?: Record<string, string>;
  /** Commands of steps after the action, for bash. */
  afterwards?: string[];
  /** The second job; null: there is none, and nobody takes the runner. */
  work: { command?: string; seconds?: number; labels?: (label: string) => string[] } | null;
  /** Seconds until the second job must have ended; then it is cancelled. Default 300. */
  workLimitSeconds?: number;
  /** Aborted: somebody cancels the run. */
  signal?: AbortSignal;
  cancelTimes?: CancelTimes;
  /** Each line of the log of `start`, secrets masked. */
  onLog?: (line: string) => void;
}

export interface WorkflowResult {
  runId: number;
  conclusion: Conclusion;
  start: {
    conclusion: Conclusion;
    steps: Step[];
    outputs: Record<string, string>;
    summary: string;
    log: string;
  };
  /** Null: it was skipped, or there is none. */
  work: GithubJob | null;
}
