/** The job as a runner gets it: the fields of gitlab-runner's `spec.Job`. */
import { createHash } from 'node:crypto';
import { isProtected } from './may-take';
import type { GitlabJob, Project, Runner } from './state';

const TIMEOUT_SECONDS = 3600;

export const shaOf = (job: Pick<GitlabJob, 'project' | 'ref'>): string =>
  createHash('sha1').update(`${job.project} ${job.ref}`).digest('hex');

interface Variable {
  key: string;
  value: string;
  public: boolean;
  masked: boolean;
  file: boolean;
  raw: boolean;
}

const variable = (key: string, value: string): Variable => ({
  key,
  value,
  public: true,
  masked: false,
  file: false,
  raw: false,
});

function toVariables(job: GitlabJob, project: Project, token: string, serverUrl: string): Variable[] {
  const names: Record<string, string> = {
    CI: 'true',
    GITLAB_CI: 'true',
    CI_API_V4_URL: `${serverUrl}/api/v4`,
    CI_COMMIT_REF_NAME: job.ref,
    CI_COMMIT_SHA: shaOf(job),
    CI_JOB_ID: job.id,
    CI_JOB_NAME: job.name,
    CI_JOB_STAGE: 'test',
    CI_PIPELINE_ID: job.id,
    CI_PROJECT_ID: String(project.id),
    CI_PROJECT_NAME: project.path.split('/').at(-1) ?? '',
    CI_PROJECT_NAMESPACE: project.path.split('/').slice(0, -1).join('/'),
    CI_PROJECT_PATH: project.path,
    CI_SERVER_URL: serverUrl,
    // There is no repository behind this server.
    GIT_STRATEGY: 'none',
    ...(job.image ? { CI_JOB_IMAGE: job.image } : {}),
  };
  return [
    ...Object.entries(names).map(([key, value]) => variable(key, value)),
    { ...variable('CI_JOB_TOKEN', token), public: false, masked: true },
  ];
}

export function toJobResponse(
  job: GitlabJob,
  project: Project,
  runner: Runner,
  token: string,
  serverUrl: string,
) {
  return {
    id: Number(job.id),
    token,
    allow_git_fetch: true,
    job_info: {
      id: Number(job.id),
      name: job.name,
      stage: 'test',
      pipeline_id: Number(job.id),
      project_id: project.id,
      project_name: project.path.split('/').at(-1),
      project_full_path: project.path,
      time_in_queue_seconds: (Date.parse(job.startedAt ?? job.queuedAt) - Date.parse(job.queuedAt)) / 1000,
      project_jobs_running_on_instance_runners_count: '0',
    },
    git_info: {
      repo_url: `${serverUrl}/${project.path}.git`,
      repo_object_format: 'sha1',
      ref: job.ref,
      sha: shaOf(job),
      before_sha: '0'.repeat(40),
      ref_type: job.isTag ? 'tag' : 'branch',
      refspecs: [],
      depth: 20,
      protected: isProtected(project, job),
    },
    runner_info: { timeout: TIMEOUT_SECONDS, runner_session_url: null },
    inputs: [],
    variables: [
      ...toVariables(job, project, token, serverUrl),
      variable('CI_RUNNER_ID', String(runner.id)),
      variable('CI_RUNNER_TAGS', JSON.stringify(runner.tags)),
    ],
    steps: [
      {
        name: 'script',
        script: [job.command ?? `sleep ${job.seconds}`],
        timeout: TIMEOUT_SECONDS,
        when: 'on_success',
        allow_failure: false,
      },
    ],
    image: job.image ? { name: job.image, entrypoint: null, ports: [] } : null,
    services: [],
    artifacts: null,
    cache: [],
    credentials: [],
    dependencies: [],
    features: {
      trace_sections: true,
      token_mask_prefixes: [],
      failure_reasons: [
        'unknown_failure',
        'script_failure',
        'runner_system_failure',
        'job_execution_timeout',
        'image_pull_failure',
      ],
    },
  };
}
