/**
 * Zips the project as git knows it, for the nightly build: what is not committed or staged (tokens, states, results) stays
 * at home. The same files give the same bytes on every machine, so that a plan without a change shows none.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { ConfigError } from '../../config/problem';
import type { Config } from '../../config/schema';
import { type ZipEntry, zipAlike } from '../lambda/zip-alike';
import { toCommit } from './to-commit';

export interface Source {
  file: string;
  sha256Base64: string;
  /** Folder of the config files in the archive. */
  configDirectory: string;
  /** What the source was at, for the tags of the images; `-changed` when its files were not committed. */
  commit: string;
}

export interface SourceProps {
  config: Config;
  /** Root of the project. */
  project: string;
  /** Folder of the config files, wherever it lies. */
  configDirectory: string;
  /** Holds the result: source.zip. */
  directory: string;
}

/** Where a config from outside of the project lies in the archive. */
const FOREIGN_CONFIG = '.muster-config';
const LINK = '120000';
const EXECUTABLE = '100755';

/** @throws ConfigError when the project is no git checkout, or the config cannot come along */
export function publishSource({ config, project, configDirectory, directory }: SourceProps): Source {
  const fail = (wrong: string, remedy: string, cause?: unknown) =>
    new ConfigError(
      [
        {
          path: ['nightly'],
          wrong,
          remedy,
          file: join(configDirectory, `${config.environment}.yaml`),
          line: 1,
          column: 1,
        },
      ],
      { cause },
    );
  const git = (...args: string[]) => {
    try {
      return execFileSync('git', ['-C', project, ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        maxBuffer: 64 << 20,
      });
    } catch (cause) {
      const said = (cause as { stderr?: string }).stderr?.trim() || (cause as Error).message;
      throw fail(
        `the nightly build takes the files that git tracks, but git cannot tell them: ${said}`,
        'deploy from a git checkout, or remove nightly',
        cause,
      );
    }
  };

  const inside = relative(project, configDirectory);
  const isInside = !inside.startsWith('..') && !isAbsolute(inside);
  const target = isInside ? inside : FOREIGN_CONFIG;
  const entries = {
    ...readTracked(project, git('ls-files', '--stage', '-z')),
    ...readConfigFiles(config, configDirectory, target, fail),
  };
  const zip = zipAlike(Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1))));
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'source.zip');
  writeFileSync(file, zip);
  return {
    file,
    sha256Base64: createHash('sha256').update(zip).digest('base64'),
    configDirectory: target,
    commit: toCommit(
      git('rev-parse', '--short=12', 'HEAD'),
      // What git does not track stays at home, so it changes nothing.
      git('status', '--porcelain', '--untracked-files=no'),
    ),
  };
}

/** @param listing of `git ls-files --stage -z`: mode, object, stage and path of each file */
function readTracked(project: string, listing: string): Record<string, ZipEntry> {
  const entries: Record<string, ZipEntry> = {};
  for (const line of listing.split('\0').filter(Boolean)) {
    const [mode = ''] = line.split(' ', 1);
    const path = line.slice(line.indexOf('\t') + 1);
    const file = join(project, path);
    try {
      entries[path] =
        mode === LINK
          ? { content: Buffer.from(readlinkSync(file)), kind: 'link' }
          : { content: readFileSync(file), kind: mode === EXECUTABLE ? 'executable' : 'plain' };
    } catch (error) {
      // Deleted, and not yet told to git.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return entries;
}

/** The config is often not committed with the project, or lies elsewhere: it comes along in any case. */
function readConfigFiles(
  { environment, organization }: Config,
  from: string,
  to: string,
  fail: (wrong: string, remedy: string) => ConfigError,
): Record<string, ZipEntry> {
  const files = [`${environment}.yaml`];
  if (organization.caFile) {
    const caFile = relative(from, organization.caFile);
    if (caFile.startsWith('..') || isAbsolute(caFile)) {
      throw fail(
        `the nightly build needs organization.caFile, but ${organization.caFile} lies outside of ${from}`,
        'put it beside the config file and name it relative to that',
      );
    }
    files.push(caFile);
  }
  return Object.fromEntries(
    files.map((file) => [join(to, file), { content: readFileSync(join(from, file)), kind: 'plain' }]),
  );
}
