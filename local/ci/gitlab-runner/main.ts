/** Entry of the stand-in `gitlab-runner`: the commands, flags and variables of the real one that our instances use. */
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { createClient } from './client';
import { readConfig, readSystemId, runnerByName } from './config-file';
import { createLog } from './log';
import { Fatal, register, unregister } from './registration';
import { runMany } from './run-many';
import { runSingle } from './run-single';

/** Set by the bundler to the version that provision/pins.env names. */
declare const AGENT_VERSION: string;

const DEFAULT_CONFIG = '/etc/gitlab-runner/config.toml';
const text = { type: 'string' } as const;
const flags = {
  config: { ...text, short: 'c' },
  'template-config': text,
  'non-interactive': { type: 'boolean', short: 'n' },
  name: text,
  url: { ...text, short: 'u' },
  token: { ...text, short: 't' },
  executor: text,
  'docker-image': text,
  runner: { ...text, short: 'r' },
  'max-builds': text,
  'wait-timeout': text,
  'log-format': text,
  version: { type: 'boolean', short: 'v' },
} as const;

async function main(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { values, positionals } = parseArgs({ args, options: flags, allowPositionals: true });
  const log = createLog(
    values['log-format'] ?? env.LOG_FORMAT ?? 'runner',
    (line) => console.error(line),
    () => new Date(),
  );
  if (values.version) {
    console.log(
      `Version:      ${AGENT_VERSION}\nGit revision: stand-in\nOS/Arch:      linux/${process.arch}`,
    );
    return;
  }
  const file = values.config ?? env.CONFIG_FILE ?? DEFAULT_CONFIG;
  const [command = 'none'] = positionals;
  if (!['register', 'unregister', 'run', 'run-single'].includes(command))
    throw new Fatal('usage: gitlab-runner register | unregister | run | run-single | --version');
  const config = readConfig(file);
  const systemId = readSystemId(file);
  const client = createClient(AGENT_VERSION, systemId);
  const name = values.name ?? values.runner ?? env.RUNNER_NAME ?? hostname();
  const optionsOf = (runnerName: string) => ({
    client,
    runner: runnerByName(config, runnerName),
    systemId,
    version: AGENT_VERSION,
    log,
    abort: new AbortController().signal,
  });
  switch (command) {
    case 'register': {
      const url = values.url ?? env.CI_SERVER_URL ?? '';
      const token = values.token ?? env.CI_SERVER_TOKEN ?? '';
      const executor = values.executor ?? env.RUNNER_EXECUTOR ?? '';
      const dockerImage = values['docker-image'] ?? env.DOCKER_IMAGE;
      const template = values['template-config'] ?? env.TEMPLATE_CONFIG_FILE;
      return register(client, config, { file, template, name, url, token, executor, dockerImage }, log);
    }
    case 'unregister':
      return unregister(client, config, file, name, log);
    case 'run':
      return runMany(optionsOf(config.runners[0]?.name ?? name), config);
    default:
      return runSingle(optionsOf(name), {
        maxBuilds: Number(values['max-builds'] ?? 0),
        waitTimeout: Number(values['wait-timeout'] ?? 0),
      });
  }
}

main(process.argv.slice(2), process.env).then(
  () => process.exit(0),
  (error: Error) => {
    console.error(`${error instanceof Fatal ? 'PANIC' : 'FATAL'}: ${error.message}`);
    process.exit(1);
  },
);
