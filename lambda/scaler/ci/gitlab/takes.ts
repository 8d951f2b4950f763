import { matches } from '../wildcard';

import type { Job, Runner } from './shapes';

/**
 * Whether a runner may take a job, by its tags: it has all that the job asks for, and takes jobs without any only
 * when it is said to (lib/gitlab/ci/matching/runner_matcher.rb).
 */
export function takesTags({ tag_list, run_untagged }: Runner, job: Job): boolean {
  return (run_untagged || job.tag_list.length > 0) && job.tag_list.every((tag) => tag_list.includes(tag));
}

export interface ProtectedRefs {
  branches: readonly string[];
  tags: readonly string[];
}

/**
 * Whether the ref of a job is protected. That of a merge request is not, whatever the patterns say: GitLab lets such
 * jobs use protected runners only when source and target are protected, which a list of jobs does not tell. So at
 * worst they wait for instances that others brought, and none is paid that nobody may use.
 */
export function isProtected({ ref, tag }: Job, { branches, tags }: ProtectedRefs): boolean {
  if (!tag && ref.startsWith('refs/merge-requests/')) return false;
  return (tag ? tags : branches).some((pattern) => matches(pattern, ref));
}
