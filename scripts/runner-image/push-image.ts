/** An image from this machine into ECR. */
import type { ECRClient } from '@aws-sdk/client-ecr';
import { $ } from 'zx';
import { ExpectedError } from '../expected-error';
import type { Pace } from '../pace';
import type { ContainerTool } from './container-tool';
import { findRunnerImage, type RunnerImage } from './read-images';
import { withRegistryAccess } from './registry-access';

export interface Push {
  environment: string;
  /** Address of the repository, without a tag. */
  repository: string;
  tag: string;
  tool: ContainerTool;
  stopped: AbortSignal;
}

const TRIES = 3;
const TRY_AGAIN_MS = 10_000;
/** ECR shows an image some seconds after it took it. */
const APPEARS_MS = 60_000;
const LOOK_EVERY_MS = 3_000;

/** @returns the image as ECR has it. @throws ExpectedError when it is not there: nothing uses what arrived of it */
export async function pushImage(ecr: ECRClient, push: Push, pace: Pace): Promise<RunnerImage> {
  const { repository, tool, stopped } = push;
  const reference = `${repository}:${push.tag}`;
  const registry = repository.slice(0, repository.indexOf('/'));
  await withRegistryAccess(ecr, { tool, registry }, async ({ environment, options }) => {
    for (let attempt = 1; ; attempt += 1) {
      const pushing = $({
        stdio: ['ignore', 'inherit', 'inherit'],
        nothrow: true,
        env: { ...process.env, ...environment },
      })`${tool.program} push ${options} ${reference}`;
      const stop = () => {
        if (stopped.reason !== 'SIGINT') void pushing.kill('SIGINT');
      };
      stopped.addEventListener('abort', stop);
      const { exitCode } = await pushing;
      stopped.removeEventListener('abort', stop);
      if (stopped.aborted) throw new ExpectedError(`Stopped by ${stopped.reason}; nothing was promoted.`);
      if (exitCode === 0) return;
      // The tag comes last, and nobody else gives it: where it is, only the answer was lost. A second push would be refused.
      if (await findRunnerImage(ecr, push.environment, { imageTag: push.tag })) return;
      if (attempt === TRIES) {
        throw new ExpectedError(
          `${reference} could not be pushed, ${TRIES} times; what ${tool.program} said is above. Nothing was promoted, and no tag points to what has arrived: ECR removes it. Run the same again.`,
        );
      }
      pace.print(`the push failed; again in ${TRY_AGAIN_MS / 1000} s, with what has not arrived`);
      await pace.sleep(TRY_AGAIN_MS);
    }
  });
  const image = await awaitImage(ecr, push, pace);
  // It is in ECR, and would fill the disk, night after night.
  await $({ nothrow: true, quiet: true })`${tool.program} image rm ${reference}`;
  return image;
}

async function awaitImage(
  ecr: ECRClient,
  { environment, repository, tag }: Push,
  { now, sleep }: Pace,
): Promise<RunnerImage> {
  for (const deadline = now() + APPEARS_MS; ; ) {
    const image = await findRunnerImage(ecr, environment, { imageTag: tag });
    if (image) return image;
    if (now() >= deadline) {
      throw new ExpectedError(
        `${repository}:${tag} was pushed, but ECR does not show it after ${APPEARS_MS / 1000} s, so nothing was promoted. Look whether it is the repository of this account and region, then: make runner-image ENV=${environment} VERSION=${tag}`,
      );
    }
    await sleep(LOOK_EVERY_MS);
  }
}
