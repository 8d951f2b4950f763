/** The archive of GitHub's runner as the local cloud has it: in the real one's layout, with the stand-in Listener and Worker. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleAgent } from '../ci/agent/bundle';
import { INTERPRETER } from '../machines/artifact-mirror/artifacts';
import { COMPRESS, makeOnce, TAR } from '../machines/artifact-mirror/make-once';
import type { Artifact, Pins } from '../machines/artifact-mirror/pins';
import { hashFile, hashFolder } from '../machines/content-hash';
import { runProgram } from '../machines/run-program';

const PIN = 'ACTIONS_RUNNER';
const SOURCE = resolve(__dirname, '..', 'ci', 'github-runner');
const ENTRIES = { 'Runner.Listener': 'main.ts', 'Runner.Worker': 'worker.ts' };

/** @param folder where artifacts are kept */
export async function makeRunnerArchive(folder: string, pins: Pins): Promise<Artifact> {
  const version = pins.get(`${PIN}_VERSION`) ?? '0';
  const tree = join(folder, `.making-runner-${process.pid}`);
  rmSync(tree, { recursive: true, force: true });
  try {
    mkdirSync(join(tree, 'bin'), { recursive: true });
    cpSync(join(SOURCE, 'layout'), tree, { recursive: true });
    for (const [name, entry] of Object.entries(ENTRIES))
      await bundleAgent(join(SOURCE, entry), join(tree, 'bin', name), INTERPRETER, version);
    // What the image does without.
    mkdirSync(join(tree, 'externals', 'node24_alpine'), { recursive: true });
    writeFileSync(join(tree, 'externals', 'node24_alpine', 'LICENSE'), '');
    const name = `actions-runner-linux-${process.arch}-${version}.tar.gz`;
    const file = await makeOnce(folder, name, [hashFolder(tree), version], (target) =>
      runProgram('tar', [...TAR, COMPRESS, '-cf', target, '-C', tree, '.']),
    );
    return { pin: PIN, version, arch: process.arch, file, sha256: await hashFile(file) };
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}
