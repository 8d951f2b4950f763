/** Images that are bad on purpose, for the stories of a nightly that goes wrong. */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hashValue } from '../../machines/content-hash';
import { runProgram } from '../../machines/run-program';

/** `bake`: the bake fails. `smoke`: it succeeds, and what it made does not work. */
export type Broken = 'bake' | 'smoke' | null;

export function parseBreak(word: string | undefined): Broken {
  if (!word) return null;
  if (word !== 'bake' && word !== 'smoke')
    throw new Error(`MUSTER_LOCAL_BREAK is ${JSON.stringify(word)}: use bake, smoke or nothing.`);
  return word;
}

/** A pinned download whose checksum is not the one of what comes. */
export const BROKEN_PINS = ['amd64', 'arm64']
  .map((arch) => `SSM_AGENT_SHA256_${arch}=${'0'.repeat(64)}\n`)
  .join('');

/** What jobs call of a toolchain. */
const PROGRAMS: Record<string, string[]> = {
  git: ['usr/bin/git'],
  'build-essential': ['usr/bin/cc', 'usr/bin/gcc', 'usr/bin/make'],
  docker: ['usr/bin/docker'],
  node: ['usr/local/bin/node'],
  python: ['usr/bin/python3', 'usr/local/bin/python3'],
  java: ['usr/bin/java', 'usr/local/bin/java', 'usr/bin/javac', 'usr/local/bin/javac'],
  go: ['usr/local/bin/go', 'usr/local/go/bin/go'],
  rust: ['usr/local/bin/rustc', 'usr/local/bin/cargo'],
};
/** In an image without toolchains no job starts. */
const EVERY_JOB = ['usr/lib/muster/job-unit'];

/** A copy of the image, of hard links, whose toolchains fail; made once. Its root directory. */
export async function breakToolchains(rootfs: string, toolchains: string[]): Promise<string> {
  const image = dirname(rootfs);
  const target = join(dirname(image), hashValue([basename(image), 'smoke']));
  const broken = join(target, 'rootfs');
  if (existsSync(broken)) return broken;
  const building = `${target}.building`;
  rmSync(building, { recursive: true, force: true });
  await runProgram('cp', ['--archive', '--link', image, building]);
  const programs = toolchains.flatMap((toolchain) => PROGRAMS[toolchain] ?? []);
  for (const path of programs.length > 0 ? programs : EVERY_JOB) {
    const file = join(building, 'rootfs', path);
    if (!existsSync(dirname(file))) continue;
    // Not written into: the file is the image's too.
    rmSync(file, { recursive: true, force: true });
    writeFileSync(file, '#!/bin/sh\necho "broken on purpose" >&2\nexit 1\n', { mode: 0o755 });
  }
  renameSync(building, target);
  return broken;
}
