/** The container image of GitHub's runners, as an operator makes it after the first deploy. */
import { startBuilder } from '../containers/builder';
import { type LocalEnvironment, operate } from './environment';

/** `make runner-image`, with a base image and an archive of the runner that are on this machine. */
export async function makeRunnerImage(local: LocalEnvironment, print: (line: string) => void): Promise<void> {
  const { githubEcs } = local.config;
  if (!githubEcs) return;
  const { toolchains } = githubEcs.image;
  const builder = await startBuilder({ toolchains, log: print, signal: local.signal });
  try {
    await operate(local, 'scripts/runner-image.ts', { variables: builder.environment });
  } finally {
    await builder.stop();
  }
}
