/** Which job a runner may take, by the rules that GitLab documents. */
import type { GitlabJob, Project, Runner } from './state';

/** Protected refs know one special character: `*` stands for any text. */
function matches(pattern: string, name: string): boolean {
  const literal = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*')}$`).test(name);
}

export const isProtected = (project: Project | undefined, job: Pick<GitlabJob, 'ref' | 'isTag'>): boolean =>
  (job.isTag ? project?.protectedTags : project?.protectedBranches)?.some((pattern) =>
    matches(pattern, job.ref),
  ) ?? false;

export const servesProject = (runner: Runner, path: string): boolean =>
  runner.projects.includes(path) || runner.groups.some((group) => path.startsWith(`${group}/`));

export function mayTake(runner: Runner, project: Project | undefined, job: GitlabJob): boolean {
  if (runner.paused || !servesProject(runner, job.project)) return false;
  if (runner.accessLevel === 'ref_protected' && !isProtected(project, job)) return false;
  return job.tags.length === 0 ? runner.runUntagged : job.tags.every((tag) => runner.tags.includes(tag));
}
