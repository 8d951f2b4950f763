/** `register` and `unregister`, for authentication tokens: legacy registration is answered as GitLab does today. */
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import type { Answer, Client } from './client';
import { type Config, type RunnerConfig, runnerByName, writeConfig } from './config-file';
import type { Log } from './log';

const words = ({ status, text }: Answer) => ({ status: `${status} ${text.slice(0, 120)}` });

export class Fatal extends Error {}

export interface RegisterOptions {
  file: string;
  template: string | undefined;
  name: string;
  url: string;
  token: string;
  executor: string;
  dockerImage: string | undefined;
}

function templateOf(file: string | undefined): Partial<RunnerConfig> {
  if (!file) return {};
  const runners = (existsSync(file) ? parse(readFileSync(file, 'utf8')).runners : undefined) as
    | RunnerConfig[]
    | undefined;
  if (runners?.length !== 1)
    throw new Fatal('configuration template must contain exactly one [[runners]] entry');
  const { token: _, ...rest } = runners[0] as RunnerConfig;
  return rest;
}

export async function register(
  client: Client,
  config: Config,
  options: RegisterOptions,
  log: Log,
): Promise<void> {
  const { name, url, token, executor, dockerImage } = options;
  if (!url) throw new Fatal('The url needs to be entered');
  if (!token.startsWith('glrt-')) throw new Fatal('Failed to register the runner.');
  const template = templateOf(options.template);
  if (executor === 'docker' && !dockerImage) throw new Fatal('The docker-image needs to be entered');
  const docker =
    executor === 'docker' ? { docker: { ...(template.docker as object), image: dockerImage ?? '' } } : {};
  const runner: RunnerConfig = { ...template, name, url, token, executor, ...docker };
  const answer = await client.verify(runner);
  if (answer.status === 200) log.info('Verifying runner... is valid');
  else if (answer.status === 403) log.info('Verifying runner... is not valid');
  else
    log.error(
      `Verifying runner... ${answer.status === 'client error' ? answer.status : 'failed'}`,
      words(answer),
    );
  if (answer.status !== 200) throw new Fatal('Failed to verify the runner.');
  const { id } = JSON.parse(answer.text) as { id: number };
  writeConfig(options.file, { ...config, runners: [...config.runners, { ...runner, id }] });
  log.info('Runner registered successfully.');
}

export async function unregister(
  client: Client,
  config: Config,
  file: string,
  name: string,
  log: Log,
): Promise<void> {
  const runner = runnerByName(config, name);
  const isManager = runner.token.startsWith('glrt-');
  const what = isManager ? 'Unregistering runner manager from GitLab' : 'Unregistering runner from GitLab';
  const answer = await (isManager ? client.unregisterManager(runner) : client.unregisterRunner(runner));
  if (answer.status !== 204) {
    log.error(`${what} ${answer.status === 403 ? 'forbidden' : 'failed'}`, words(answer));
    throw new Fatal(`Failed to unregister runner ${name}`);
  }
  log.info(`${what} succeeded`);
  writeConfig(file, { ...config, runners: config.runners.filter((each) => each !== runner) });
}
