/** The bake itself: a copy of the base is booted, Packer works on it, it is shut down, and what was lent is taken back. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepPackages, offerPackages } from './apt-cache';
import { type Artifact, toOverride } from './artifact-mirror/pins';
import { startMirror } from './artifact-mirror/server';
import type { BakeRequest } from './bake-request';
import { bootBuilder } from './builder';
import { lendResolver, takeResolverBack } from './resolver';
import { runPacker } from './run-packer';
import { runProgram } from './run-program';

export interface BakePlan {
  request: BakeRequest;
  /** Root directory of the base. */
  base: string;
  artifacts: Artifact[];
  stateDir: string;
  logFile: string;
}

async function bakeOn(rootfs: string, work: string, plan: BakePlan): Promise<void> {
  const { request, logFile } = plan;
  const { signal } = request;
  const builder = await bootBuilder(rootfs, work);
  const abort = () => void builder.discard();
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const mirror = await startMirror(plan.artifacts);
    try {
      const pinsFile = join(work, 'pins-override.env');
      writeFileSync(pinsFile, `${toOverride(plan.artifacts, mirror.url)}\n${request.pins ?? ''}`);
      request.onLog('running Packer');
      await runPacker(request, builder, { work, pinsFile, logFile });
    } finally {
      await mirror.stop();
    }
    await builder.powerOff();
  } finally {
    signal?.removeEventListener('abort', abort);
    await builder.discard();
  }
}

/** Bakes in the folder `building`; its rootfs/ is the image afterwards. The caller removes the folder on failure. */
export async function bakeRootfs(building: string, plan: BakePlan): Promise<void> {
  const { request } = plan;
  const rootfs = join(building, 'rootfs');
  const work = join(building, 'work');
  mkdirSync(work, { recursive: true });
  request.onLog('copying the base');
  await runProgram('cp', ['--archive', '--reflink=auto', plan.base, rootfs]);
  lendResolver(rootfs);
  const stopKeeping = keepPackages(rootfs, offerPackages(plan.stateDir, rootfs));
  try {
    await bakeOn(rootfs, work, plan);
  } catch (cause) {
    request.signal?.throwIfAborted();
    const why = (cause as Error).message;
    throw new Error(`The bake of image ${request.image} failed; its log is ${plan.logFile}.\n${why}`, {
      cause,
    });
  } finally {
    stopKeeping();
  }
  request.signal?.throwIfAborted();
  takeResolverBack(rootfs);
  rmSync(work, { recursive: true, force: true });
}
