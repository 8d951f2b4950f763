/** A fresh image for GitHub's runners, from build to promotion: nothing is promoted that is not in ECR as it was built. */
import { readFileSync } from 'node:fs';
import type { Config, GithubEcsConfig } from '../../config/schema';
import { type Check, runChecks } from '../checks/run-checks';
import { parsePins, verifyPins } from '../checks/verify-pins';
import { ExpectedError } from '../expected-error';
import type { Pace } from '../pace';
import { buildImage } from './build-image';
import type { RunnerImageClients } from './clients';
import { type ContainerTool, findContainerTool } from './container-tool';
import { promoteRunnerImage } from './promote-runner-image';
import { pushImage } from './push-image';
import { type RunnerImage, readRepository } from './read-images';
import { type RunnerRelease, readRunnerRelease } from './read-runner-release';
import { toTag } from './tag';

export interface RunnerRenewal {
  config: Config;
  githubEcs: GithubEcsConfig;
  /** What the image is built from, for its tag. */
  commit: string;
  /** Variables of the operator: BUILDER and those of a build. */
  variables: NodeJS.ProcessEnv;
  /** What is checked before all else. */
  checks: Check[];
  /** Text at an address; throws when there is none. */
  get: (address: string) => Promise<string>;
  stopped: AbortSignal;
}

export interface Renewed extends RunnerImage {
  /** Set when GitHub will soon refuse the runner in it: what to do. */
  warning?: string | undefined;
}

/** @returns the image that is promoted now. @throws ExpectedError when it is not: the one before stays */
export async function renewRunnerImage(
  clients: RunnerImageClients,
  renewal: RunnerRenewal,
  pace: Pace,
): Promise<Renewed> {
  const { config, githubEcs, commit, variables, checks, get, stopped } = renewal;
  const { environment } = config;
  const pins = ['provision/pins.env', ...(variables.PINS ? [variables.PINS] : [])];
  const runnerVersion = readRunnerVersion(pins);
  let repository = '';
  let tool: ContainerTool | undefined;
  let release: RunnerRelease | undefined;
  await runChecks(
    [
      ...checks,
      {
        title: 'Repository',
        verify: async () => {
          repository = await readRepository(clients.ecr, environment);
          return repository;
        },
      },
      {
        title: 'Builder',
        verify: async () => {
          tool = await findContainerTool(variables.BUILDER);
          return toBuilder(tool, githubEcs.image.architecture);
        },
      },
      {
        title: 'Pinned downloads',
        verify: async () => verifyPins(pins, { ...githubEcs.image, agents: ['github'] }),
      },
      {
        title: 'Runner',
        verify: async () => {
          release = await readRunnerRelease(runnerVersion, get, pace.now());
          return release.found;
        },
      },
      { title: 'Commit', verify: async () => commit },
    ],
    pace.print,
  );
  if (!tool) throw new Error('no builder was found, and nobody said so');

  const tag = toTag({ runnerVersion, builtAt: pace.now(), commit });
  const reference = `${repository}:${tag}`;
  pace.print(`building ${reference}`);
  await buildImage({ config, githubEcs, commit, variables, tool, reference, stopped });
  const image = await pushImage(clients.ecr, { environment, repository, tag, tool, stopped }, pace);
  if (stopped.aborted) {
    const command = `make runner-image ENV=${environment} VERSION=${tag}`;
    throw new ExpectedError(`Stopped before ${tag} was promoted, which does: ${command}`);
  }
  await promoteRunnerImage(clients, { config, repository, digest: image.digest, print: pace.print });
  return { ...image, tag, warning: release?.warning };
}

function readRunnerVersion(files: readonly string[]): string {
  const pins = Object.assign({}, ...files.map((file) => parsePins(readFileSync(file, 'utf8'))));
  const version: string | undefined = pins.ACTIONS_RUNNER_VERSION;
  if (!version) throw new ExpectedError(`${files.join(' and ')} pin no ACTIONS_RUNNER_VERSION.`);
  return version;
}

function toBuilder({ program, version, architecture }: ContainerTool, wanted: string): string {
  const emulated = architecture && architecture !== wanted ? `, emulating ${wanted}: slow` : '';
  return `${program} ${version}${emulated}`;
}
