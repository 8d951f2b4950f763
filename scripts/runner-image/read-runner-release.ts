/** GitHub gives a runner no jobs that is older than it allows: how long the pinned one has. */
import { parseGithubReleases, type Release } from '../bump/parse-feeds';
import { RUNNER_RELEASES } from '../bump/sources';
import { compareVersions } from '../bump/versions';

const DAY_MS = 24 * 3600_000;
/** From the first newer release on: https://github.com/orgs/community/discussions/194762 */
const ALLOWED_DAYS = 30;
/** What is left for a bump, a review and a deploy. */
const WARN_DAYS = 5;

export interface RunnerRelease {
  /** In a few words. */
  found: string;
  /** Set when the time that is left is short: what to do. */
  warning?: string;
}

/** @param now milliseconds since 1970 */
export function toRunnerRelease(pinned: string, releases: readonly Release[], now: number): RunnerRelease {
  const newer = releases
    .filter(({ version }) => compareVersions(version, pinned) > 0)
    .sort((one, other) => one.publishedAt - other.publishedAt);
  const [first] = newer;
  if (!first) return { found: `${pinned}, the newest` };
  const endsAt = first.publishedAt + ALLOWED_DAYS * DAY_MS;
  const day = new Date(endsAt).toISOString().slice(0, 10);
  const found = `${pinned}; ${newer.at(-1)?.version} is out, and GitHub wants it by ${day}`;
  if (endsAt - now > WARN_DAYS * DAY_MS) return { found };
  return {
    found,
    warning: `The runner ${pinned} gets no jobs from ${day} on: ${first.version} came out ${ALLOWED_DAYS} days before. Raise the pin (make bump ONLY=ACTIONS_RUNNER), commit it, and build again.`,
  };
}

/** @param get a feed; throws when it does not answer, which is told and stops nothing */
export async function readRunnerRelease(
  pinned: string,
  get: (address: string) => Promise<string>,
  now: number,
): Promise<RunnerRelease> {
  try {
    const releases = parseGithubReleases(await get(`${RUNNER_RELEASES}?per_page=30`));
    return toRunnerRelease(pinned, releases, now);
  } catch (error) {
    return {
      found: `${pinned}; whether there is a newer one GitHub does not say: ${(error as Error).message}`,
    };
  }
}
