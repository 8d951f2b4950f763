/** Runners and jobs as the REST API shows them: the documented fields that a reader may use. */
import {
  type GithubJob,
  type GithubState,
  isOnline,
  type Repository,
  type Runner,
  runningJobOf,
} from './state';

const OWN_LABELS = new Set(['self-hosted', 'linux', 'x64', 'arm64']);

const isBusy = (state: GithubState, runner: Runner): boolean => {
  const job = runningJobOf(state, runner);
  return job !== null && state.now() - Date.parse(job.startedAt ?? '') >= state.busyLagSeconds * 1000;
};

export const toRunnerView = (state: GithubState, runner: Runner) => ({
  id: runner.id,
  runner_group_id: 1,
  name: runner.name,
  // GitHub learns it from the runner.
  os: runner.version === null ? 'unknown' : 'linux',
  status: isOnline(state, runner) ? 'online' : 'offline',
  busy: isBusy(state, runner),
  ephemeral: true,
  labels: runner.labels.map((name, index) => ({
    id: index + 1,
    name,
    type: OWN_LABELS.has(name.toLowerCase()) ? 'read-only' : 'custom',
  })),
  ...(runner.version === null ? {} : { version: runner.version }),
});

const STATUS = {
  queued: 'queued',
  running: 'in_progress',
  succeeded: 'completed',
  failed: 'completed',
  lost: 'completed',
} as const;

export const toJobView = (state: GithubState, job: GithubJob, repository: Repository) => ({
  id: Number(job.id),
  run_id: job.runId,
  run_attempt: 1,
  run_url: `${state.url}/repos/${repository.name}/actions/runs/${job.runId}`,
  url: `${state.url}/repos/${repository.name}/actions/jobs/${job.id}`,
  html_url: `${state.url}/${repository.name}/actions/runs/${job.runId}/job/${job.id}`,
  status: STATUS[job.state],
  conclusion: job.conclusion,
  created_at: job.queuedAt,
  started_at: job.startedAt ?? job.queuedAt,
  completed_at: job.finishedAt,
  name: job.name,
  steps: job.steps.map((step, index) => ({ ...step, number: index + 1 })),
  labels: job.labels,
  runner_id: job.runnerId,
  runner_name: job.runner,
  runner_group_id: job.runner === null ? null : job.isHosted ? 0 : 1,
  runner_group_name: job.runner === null ? null : job.isHosted ? 'GitHub Actions' : 'Default',
});
