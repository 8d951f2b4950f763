import type { Unknown } from '../../core/types';
import type { Pages } from './pages';
import type { Job, Runner } from './shapes';
import { isProtected, type ProtectedRefs, takesTags } from './takes';

/** At least so many; with a problem there may be more. */
export interface Count {
  jobs: number;
  problem?: Unknown | undefined;
}

/** 5,000 jobs of one project: behind so many others' a fleet's own are not looked for. */
const MOST_PAGES = 50;

/** Counts the jobs of a project that a runner may take, until there are `enough`. */
export async function countJobs({
  runner,
  pages,
  enough,
  isArchived,
  refs,
}: {
  runner: Runner;
  pages: Pages<Job>;
  enough: number;
  /** Both are asked only for a project in which a job would fit. */
  isArchived(): Promise<boolean | Unknown>;
  refs(): Promise<ProtectedRefs | Unknown>;
}): Promise<Count> {
  let jobs = 0;
  for (let i = 0; i < MOST_PAGES; i++) {
    const page = await pages(i);
    if (!page) return { jobs };
    if (page.kind === 'unknown') return { jobs, problem: page };
    const fitting = page.items.filter((job) => !job.archived && takesTags(runner, job));
    if (fitting.length > 0) {
      const archived = await isArchived();
      if (typeof archived === 'object') return { jobs, problem: archived };
      if (archived) return { jobs: 0 };
      const taken = await filterRefs(fitting, runner, refs);
      if ('kind' in taken) return { jobs, problem: taken };
      jobs += taken.length;
    }
    if (!page.next || jobs >= enough) return { jobs };
  }
  const detail = `${jobs} of the ${MOST_PAGES} newest pages of waiting jobs fit, older ones were not read`;
  return { jobs, problem: { kind: 'unknown', problem: 'queue-too-long', detail } };
}

async function filterRefs(
  jobs: readonly Job[],
  { access_level }: Runner,
  refs: () => Promise<ProtectedRefs | Unknown>,
): Promise<readonly Job[] | Unknown> {
  if (access_level !== 'ref_protected') return jobs;
  const known = await refs();
  return 'kind' in known ? known : jobs.filter((job) => isProtected(job, known));
}
