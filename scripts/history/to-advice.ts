import type { Account } from './options';

const MOST = 8;

/** What to do when there is no job: what was there instead, and what each CI needs. */
export function toAdvice(accounts: readonly Account[], missed: readonly [string, number][]): string {
  const seen = missed.slice(0, MOST).map(([what, times]) => `${what} (${times})`);
  const seenText =
    seen.length > 0 ? `Jobs were seen with ${seen.join(', ')}.` : 'No job at all that ended was seen.';
  return [seenText, ...accounts.map(toNeed), 'DAYS=30 looks further back.'].join('\n');
}

function toNeed(account: Account): string {
  switch (account.ci) {
    case 'circleci':
      return `CircleCI ${account.name}: looked for ${account.fleets.map(({ resourceClass }) => resourceClass).join(', ')}, in ${account.projects.join(', ') || 'the projects that the user of the token follows: follow them, or name them, PROJECTS=gh/acme/app'}.`;
    case 'gitlab':
      return `GitLab ${account.name}: looked for what the runners ${account.fleets.map(({ runnerId }) => runnerId).join(', ')} may take, by their tags, in the projects and groups of the fleets.`;
    case 'github':
      return `GitHub ${account.name}: looked in ${[...new Set(account.rules.map(({ repository }) => repository))].join(', ')} for ${account.labels.length > 0 ? `jobs with the labels ${account.labels.join(', ')}` : 'jobs on runners of the rules; for those that ran elsewhere so far name their labels, LABELS=self-hosted,linux'}.`;
  }
}
