/** What vendors publish about their releases, as versions and checksums. Pure: text in, values out. */
import { z } from 'zod';

/** @returns versions without a leading `v` or `go`; what is no plain release (candidates, betas) is left out */
export const parseNodeIndex = (text: string): string[] =>
  z
    .array(z.object({ version: z.string() }))
    .parse(JSON.parse(text))
    .flatMap(({ version }) => toRelease(version));

const goReleases = z.array(
  z.object({
    version: z.string(),
    stable: z.boolean(),
    files: z.array(z.object({ filename: z.string(), sha256: z.string() })),
  }),
);

/** https://go.dev/dl/?mode=json: the supported lines, with a checksum of each file. */
export const parseGoVersions = (text: string): string[] =>
  goReleases
    .parse(JSON.parse(text))
    .filter(({ stable }) => stable)
    .flatMap(({ version }) => toRelease(version.replace(/^go/, '')));

export const parseGoSums = (text: string): Map<string, string> =>
  new Map(
    goReleases
      .parse(JSON.parse(text))
      .flatMap(({ files }) => files.map(({ filename, sha256 }) => [filename, sha256] as const)),
  );

/** `[pkg.rust] version = "1.98.1 (hash date)"` of a channel of static.rust-lang.org. */
export function parseRustVersion(text: string): string[] {
  const [, version] = /^\s*\[pkg\.rust\]\s*\n\s*version = "([^\s"]+)/m.exec(text) ?? [];
  return version ? toRelease(version) : [];
}

/** The archives of a channel, by file name: `url = "…/rust-1.98.1-….tar.gz"` with its `hash = "…"`. */
export const parseRustSums = (text: string): Map<string, string> =>
  new Map(
    [...text.matchAll(/^\s*url = "[^"]*\/([^"/]+)"\s*\n\s*hash = "([0-9a-f]{64})"/gm)].map(
      ([, file = '', sum = '']) => [file, sum],
    ),
  );

/** GET /projects/:id/releases of GitLab. */
export const parseGitlabReleases = (text: string): string[] =>
  z
    .array(z.object({ tag_name: z.string() }))
    .parse(JSON.parse(text))
    .flatMap(({ tag_name: tag }) => toRelease(tag));

const githubRelease = z.object({
  tag_name: z.string(),
  draft: z.boolean(),
  prerelease: z.boolean(),
  published_at: z.string().nullable(),
});

export interface Release {
  version: string;
  /** Milliseconds since 1970. */
  publishedAt: number;
}

/** GET /repos/:owner/:name/releases of GitHub. */
export const parseGithubReleases = (text: string): Release[] =>
  z
    .array(githubRelease)
    .parse(JSON.parse(text))
    .filter(({ draft, prerelease }) => !draft && !prerelease)
    .flatMap(({ tag_name: tag, published_at: at }) =>
      toRelease(tag).map((version) => ({ version, publishedAt: Date.parse(at ?? '') })),
    );

/**
 * The notes of a release of actions/runner (GET …/releases/tags/v:version), by platform: each checksum stands between
 * `<!-- BEGIN SHA linux-x64 -->` and `<!-- END SHA linux-x64 -->` (releaseNote.md there).
 */
export function parseRunnerSums(text: string): Map<string, string> {
  const { body } = z.object({ body: z.string() }).parse(JSON.parse(text));
  const marked = body.matchAll(/<!-- BEGIN SHA ([\w-]+) -->([0-9a-f]{64})<!-- END SHA \1 -->/g);
  return new Map([...marked].map(([, platform = '', sum = '']) => [platform, sum]));
}

/** A cask of Homebrew: `version "3.1.12"`. */
export function parseCaskVersion(text: string): string[] {
  const [, version] = /^\s*version "([^"]+)"/m.exec(text) ?? [];
  return version ? toRelease(version) : [];
}

/** A file that holds nothing but a version. */
export const parsePlainVersion = (text: string): string[] => toRelease(text.trim());

/** releases.hashicorp.com/<tool>/index.json. */
export const parseHashicorpIndex = (text: string): string[] =>
  Object.keys(
    z.object({ versions: z.record(z.string(), z.unknown()) }).parse(JSON.parse(text)).versions,
  ).flatMap(toRelease);

/** What sha256sum prints, in text or binary mode: by file name. */
export function parseSums(text: string): Map<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, sum, file] = /^([0-9a-f]{64}) [ *](?:\.\/)?(\S+)\s*$/.exec(line) ?? [];
      return sum && file ? [[file, sum] as const] : [];
    }),
  );
}

function toRelease(text: string): string[] {
  const [, version] = /^v?(\d+(?:\.\d+)+)$/.exec(text) ?? [];
  return version ? [version] : [];
}
