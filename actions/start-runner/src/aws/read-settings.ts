import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { parameterName, parse, type StartRunnerSettings } from '../../settings';
import { Failure } from '../failure';
import { explain } from './explain';

type Options = ConstructorParameters<typeof SSMClient>[0] & { region: string };

interface Asked {
  environment: string;
  rule: string;
  repository: string;
}

/** Right before a task is started. @throws Failure when a destroy has taken the settings away since they were read */
export async function verifyOpen(options: Options, asked: Asked): Promise<void> {
  const { environment, rule } = asked;
  await readSettings(
    options,
    asked,
    `The settings of rule ${rule} were there a moment ago: environment ${environment} is being destroyed, or the rule was removed. Run the job again after the next make deploy ENV=${environment}.`,
  );
}

/**
 * What the rule may use, as the stacks wrote it.
 * @param remedy when it is not there
 */
export async function readSettings(
  options: Options,
  { environment, rule, repository }: Asked,
  remedy = `Compare the inputs environment, rule and aws-region with the config (githubEcs.repositories), and run make deploy ENV=${environment}.`,
): Promise<StartRunnerSettings> {
  const name = parameterName(environment, rule);
  const where = `SSM parameter ${name} in ${options.region}`;
  const answer = await new SSMClient(options)
    .send(new GetParameterCommand({ Name: name }))
    .catch((error: unknown) => {
      throw explain(`reading ${where}`, error, {
        ParameterNotFound: remedy,
      });
    });
  const settings = parseSettings(answer.Parameter?.Value ?? '', where, environment);
  // GitHub's own spelling from here on.
  if (settings.repository.toLowerCase() === repository.toLowerCase()) return { ...settings, repository };
  throw new Failure(
    `Rule ${rule} of environment ${environment} is for ${settings.repository}, and this is ${repository || 'no repository (GITHUB_REPOSITORY)'}. Use this repository's own rule, or add one to githubEcs.repositories.`,
  );
}

function parseSettings(text: string, where: string, environment: string): StartRunnerSettings {
  const version = toVersion(text);
  if (version !== 1)
    throw new Failure(
      version === undefined
        ? `${where} holds no settings of this action. Run make deploy ENV=${environment}.`
        : `${where} has version ${JSON.stringify(version)}, and this action knows 1. Use the action at the commit that was deployed, or deploy the one that is used.`,
    );
  try {
    return parse(text);
  } catch (cause) {
    throw new Failure(
      `${where} has version 1 and other content. Use the action at the commit that was deployed, or run make deploy ENV=${environment}.`,
      { cause },
    );
  }
}

function toVersion(text: string): unknown {
  try {
    const { version } = JSON.parse(text) as { version?: unknown };
    return version;
  } catch {
    return undefined;
  }
}
