/** The just-in-time configuration, as src/Runner.Listener/Runner.cs of actions/runner takes it: files in the runner's folder. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PREFIX = /^ACTIONS_RUNNER_INPUT_/i;

export interface Configuration {
  agentId: number;
  agentName: string;
  /** Base of what the Listener asks. */
  url: string;
  token: string;
  workFolder: string;
}

/** Takes the inputs out of the environment, so that no job inherits them (CommandSettings.cs). */
export function takeInputs(environment: NodeJS.ProcessEnv): Map<string, string> {
  const inputs = new Map<string, string>();
  for (const name of Object.keys(environment).filter((one) => PREFIX.test(one))) {
    inputs.set(name.replace(PREFIX, '').toLowerCase(), (environment[name] ?? '').trim());
    delete environment[name];
  }
  return inputs;
}

/** @throws Error when it is no such configuration */
export function writeConfiguration(encoded: string, root: string): void {
  const files = JSON.parse(Buffer.from(encoded, 'base64').toString()) as Record<string, string>;
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(root, name), Buffer.from(content, 'base64'));
}

export function readConfiguration(root: string): Configuration {
  const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));
  const { agentId, agentName, serverUrlV2, workFolder } = read('.runner');
  return { agentId, agentName, url: serverUrlV2, token: read('.credentials').data.token, workFolder };
}
