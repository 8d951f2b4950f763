/** A way into the registry of ECR that is gone with this process, and no part of the person's own configuration. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { $ } from 'zx';
import { ExpectedError } from '../expected-error';
import type { ContainerTool } from './container-tool';

export interface RegistryAccess {
  /** Environment of the commands that talk to the registry. */
  environment: Record<string, string>;
  /** Their options. */
  options: string[];
}

/**
 * Does `work` while logged in. The password goes in on standard input, and lies in a folder for this user only until
 * `work` is done.
 * @param registry host[:port] of the repository. @throws ExpectedError when ECR or the registry refuse
 */
export async function withRegistryAccess<T>(
  ecr: ECRClient,
  { tool, registry }: { tool: ContainerTool; registry: string },
  work: (access: RegistryAccess) => Promise<T>,
): Promise<T> {
  const { user, password, isPlain } = await readLogin(ecr);
  const directory = mkdtempSync(join(tmpdir(), 'muster-registry-'));
  try {
    const access: RegistryAccess =
      tool.program === 'podman'
        ? {
            environment: { REGISTRY_AUTH_FILE: join(directory, 'auth.json') },
            options: isPlain ? ['--tls-verify=false'] : [],
          }
        : { environment: { DOCKER_CONFIG: directory, ...(await readDockerHost()) }, options: [] };
    const login = $({
      input: password,
      nothrow: true,
      quiet: true,
      env: { ...process.env, ...access.environment },
    })`${tool.program} login --username ${user} --password-stdin ${access.options} ${registry}`;
    const { exitCode, stderr } = await login;
    if (exitCode !== 0) {
      throw new ExpectedError(
        `${tool.program} could not log in to ${registry}, so nothing was pushed or promoted: ${stderr.trim()}\nThe token is fresh of ECR: look at the way to ${registry} (HTTPS_PROXY, a certificate in between, the clock), then run the same again.`,
      );
    }
    return await work(access);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function readLogin(ecr: ECRClient): Promise<{ user: string; password: string; isPlain: boolean }> {
  const { authorizationData = [] } = await ecr.send(new GetAuthorizationTokenCommand({}));
  const { authorizationToken = '', proxyEndpoint = '' } = authorizationData[0] ?? {};
  const [, user = '', password = ''] =
    /^([^:]+):(.+)$/s.exec(Buffer.from(authorizationToken, 'base64').toString('utf8')) ?? [];
  if (!password) throw new Error('ECR gave no token');
  // No endpoint of AWS is: one of a cloud on this machine can be.
  return { user, password, isPlain: proxyEndpoint.startsWith('http:') };
}

/** Which daemon Docker talks to stands in the configuration that is left aside. */
async function readDockerHost(): Promise<Record<string, string>> {
  if (process.env.DOCKER_HOST) return {};
  const answer = await $({
    nothrow: true,
    quiet: true,
  })`docker context inspect --format ${'{{.Endpoints.docker.Host}}'}`;
  const host = answer.stdout.trim();
  return answer.exitCode === 0 && host ? { DOCKER_HOST: host } : {};
}
