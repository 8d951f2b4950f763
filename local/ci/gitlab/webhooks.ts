/** Job webhooks: posted once at every change of a job, never again when nobody takes them. */
import { randomUUID } from 'node:crypto';
import type { GitlabJob, GitlabState } from './state';
import { toJobHook } from './views';

const TIMEOUT_MS = 10_000;

export function postJobHook(state: GitlabState, job: GitlabJob): void {
  const hook = state.webhooks.get(job.project);
  if (!hook) return;
  void fetch(hook.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitLab/18.5.0',
      'x-gitlab-event': 'Job Hook',
      'x-gitlab-event-uuid': randomUUID(),
      'x-gitlab-token': hook.secret,
    },
    body: JSON.stringify(toJobHook(state, job)),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => {
    // Lost: what it would have woken polls anyway.
  });
}
