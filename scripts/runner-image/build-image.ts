/** The image of the runner, from containers/github-runner, by Docker or Podman. It proves itself: its last step is `verify`. */
import { resolve } from 'node:path';
import { $ } from 'zx';
import type { Config, GithubEcsConfig } from '../../config/schema';
import { ExpectedError } from '../expected-error';
import { toDebianArchitecture } from '../packer-variables';
import type { ContainerTool } from './container-tool';

export const CONTAINERFILE = 'containers/github-runner/Containerfile';

export interface ImageBuild {
  config: Config;
  githubEcs: GithubEcsConfig;
  commit: string;
  /** Variables of the operator: BASE_IMAGE, BUILD_OPTIONS, PINS, MUSTER_CONFIG_DIR. */
  variables: NodeJS.ProcessEnv;
  tool: ContainerTool;
  /** repository:tag */
  reference: string;
  /** Aborts with the signal that ends this process, when one does. */
  stopped: AbortSignal;
}

/** @throws ExpectedError when the build failed, or what it built is not as promised */
export async function buildImage(build: ImageBuild): Promise<void> {
  const { tool, githubEcs, stopped } = build;
  const building = $({
    stdio: ['ignore', 'inherit', 'inherit'],
    nothrow: true,
    env: {
      ...process.env,
      DOCKER_BUILDKIT: '1',
      // A record of the build beside the image would make of it an index of two, of which one can be run.
      BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
    },
  })`${tool.program} build ${toBuildOptions(build)} .`;
  // A terminal interrupts it itself.
  stopped.addEventListener('abort', () => {
    if (stopped.reason !== 'SIGINT') void building.kill('SIGINT');
  });
  const { exitCode } = await building;
  if (stopped.aborted)
    throw new ExpectedError(`Stopped by ${stopped.reason}; nothing was pushed or promoted.`);
  if (exitCode !== 0) {
    const foreign = tool.architecture && tool.architecture !== githubEcs.image.architecture;
    throw new ExpectedError(
      `The build failed, so nothing was pushed or promoted. What ${tool.program} said is above.${foreign ? ` This machine is ${tool.architecture} and the image ${githubEcs.image.architecture}: where it said "exec format error", build on a machine of that architecture, or install emulation (apt-get install qemu-user-static).` : ''}`,
    );
  }
}

export function toBuildOptions({
  config,
  githubEcs,
  commit,
  variables,
  tool,
  reference,
}: ImageBuild): string[] {
  const { architecture, toolchains } = githubEcs.image;
  const { organization } = config;
  const base = variables.BASE_IMAGE;
  const buildArguments = {
    TOOLCHAINS: toolchains.join(','),
    COMMIT: commit,
    ...(base ? { BASE_IMAGE: base } : {}),
    ...(organization.proxy ? toProxy(organization.proxy, organization.noProxy) : {}),
  };
  const secrets = {
    pins: variables.PINS ? resolve(variables.PINS) : undefined,
    ca: organization.caFile
      ? resolve(variables.MUSTER_CONFIG_DIR || 'config', organization.caFile)
      : undefined,
  };
  return [
    ...['--file', CONTAINERFILE, '--tag', reference],
    ...['--platform', `linux/${toDebianArchitecture(architecture)}`],
    // The packages of today are what a new image is for.
    '--no-cache',
    // Somebody's own base may be on this machine only: Docker would insist on a registry.
    ...(base ? (tool.program === 'podman' ? ['--pull=newer'] : []) : ['--pull']),
    ...Object.entries(buildArguments).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...Object.entries(secrets).flatMap(([id, file]) => (file ? ['--secret', `id=${id},src=${file}`] : [])),
    ...(variables.BUILD_OPTIONS?.split(' ').filter(Boolean) ?? []),
  ];
}

/** Both spellings: programs disagree. Docker keeps these out of the image's history. */
function toProxy(proxy: string, noProxy: string[]): Record<string, string> {
  const both = (name: string, value: string) => ({ [name]: value, [name.toLowerCase()]: value });
  return {
    ...both('HTTP_PROXY', proxy),
    ...both('HTTPS_PROXY', proxy),
    ...(noProxy.length > 0 ? both('NO_PROXY', noProxy.join(',')) : {}),
  };
}
