/** Projects, runners and jobs as API v4 shows them: the documented fields that a reader may use. */
import { shaOf } from './job-response';
import { servesProject } from './may-take';
import type { GitlabJob, GitlabState, Project, Runner } from './state';

const STATUS = {
  queued: 'pending',
  running: 'running',
  succeeded: 'success',
  failed: 'failed',
  lost: 'failed',
} as const;

export const statusOf = (job: GitlabJob) => STATUS[job.state];

const lastPart = (path: string) => path.split('/').at(-1) ?? path;

export const toProjectView = (project: Project) => ({
  id: project.id,
  description: null,
  name: lastPart(project.path),
  name_with_namespace: project.path.replaceAll('/', ' / '),
  path: lastPart(project.path),
  path_with_namespace: project.path,
  default_branch: 'main',
  archived: project.archived,
});

export const toRunnerSummary = (runner: Runner) => ({
  id: runner.id,
  description: runner.description,
  ip_address: '',
  active: !runner.paused,
  paused: runner.paused,
  is_shared: false,
  runner_type: runner.groups.length > 0 ? 'group_type' : 'project_type',
  name: 'gitlab-runner',
  online: true,
  status: 'online',
});

export const toRunnerView = (state: GitlabState, runner: Runner) => ({
  ...toRunnerSummary(runner),
  projects: [...state.projects.values()]
    .filter(({ path }) => servesProject(runner, path))
    .map(({ id, path }) => ({ id, name: lastPart(path), path: lastPart(path), path_with_namespace: path })),
  groups: runner.groups.map((path) => ({ id: state.groups.get(path), name: path })),
  tag_list: runner.tags,
  run_untagged: runner.runUntagged,
  locked: false,
  access_level: runner.accessLevel,
  maximum_timeout: null,
});

const failureOf = (job: GitlabJob): string | null => {
  if (job.state === 'lost') return 'stuck_or_timeout_failure';
  return job.state === 'failed' ? (job.reason ?? 'script_failure') : null;
};

const secondsBetween = (from: string | null, to: string | null) =>
  from && to ? (Date.parse(to) - Date.parse(from)) / 1000 : null;

export function toJobView(state: GitlabState, job: GitlabJob) {
  const runner = job.runnerId === null ? undefined : state.runners.get(job.runnerId);
  const project = state.projects.get(job.project);
  const sha = shaOf(job);
  return {
    id: Number(job.id),
    status: statusOf(job),
    stage: 'test',
    name: job.name,
    ref: job.ref,
    tag: job.isTag,
    coverage: null,
    allow_failure: false,
    created_at: job.queuedAt,
    started_at: job.startedAt,
    finished_at: job.finishedAt,
    erased_at: null,
    duration: secondsBetween(job.startedAt, job.finishedAt),
    queued_duration: secondsBetween(job.queuedAt, job.startedAt ?? new Date(state.now()).toISOString()),
    user: { id: 1, username: 'root', name: 'Administrator', state: 'active' },
    commit: { id: sha, short_id: sha.slice(0, 8), title: job.name },
    pipeline: {
      id: Number(job.id),
      project_id: project?.id,
      sha,
      ref: job.ref,
      status: statusOf(job),
      source: 'push',
    },
    failure_reason: failureOf(job),
    project: project && toProjectView(project),
    artifacts: [],
    runner: runner ? toRunnerSummary(runner) : null,
    runner_manager: null,
    tag_list: job.tags,
  };
}

/** The body of a job webhook, as documented under "Job events". */
export function toJobHook(state: GitlabState, job: GitlabJob) {
  const runner = job.runnerId === null ? undefined : state.runners.get(job.runnerId);
  const sha = shaOf(job);
  return {
    object_kind: 'build',
    ref: job.ref,
    tag: job.isTag,
    before_sha: '0'.repeat(40),
    sha,
    retries_count: 0,
    build_id: Number(job.id),
    build_name: job.name,
    build_stage: 'test',
    build_status: statusOf(job),
    build_created_at: job.queuedAt,
    build_started_at: job.startedAt,
    build_finished_at: job.finishedAt,
    build_duration: secondsBetween(job.startedAt, job.finishedAt),
    build_queued_duration: secondsBetween(job.queuedAt, job.startedAt),
    build_allow_failure: false,
    build_failure_reason: failureOf(job) ?? 'unknown_failure',
    pipeline_id: Number(job.id),
    runner: runner
      ? {
          id: runner.id,
          description: runner.description,
          runner_type: toRunnerSummary(runner).runner_type,
          active: !runner.paused,
          is_shared: false,
          tags: runner.tags,
        }
      : null,
    project_id: state.projects.get(job.project)?.id,
    project_name: job.project.replaceAll('/', ' / '),
    user: { id: 1, name: 'Administrator', username: 'root', avatar_url: null, email: '[REDACTED]' },
    commit: { id: Number(job.id), name: null, sha, message: job.name, status: statusOf(job) },
    repository: { name: lastPart(job.project), visibility_level: 0 },
    project: { id: state.projects.get(job.project)?.id, path_with_namespace: job.project },
    environment: null,
  };
}
