/**
 * What an action and its runner say to each other
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions). Not @actions/core, which brings
 * 400 KB of an HTTP client along.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Commands {
  /** Trimmed; empty when it was not given. */
  input(name: string): string;
  state(name: string): string;
  saveState(name: string, value: string): void;
  setOutput(name: string, value: string): void;
  /** Has the runner show *** in its place, in this and all later lines of the job. */
  mask(secret: string): void;
  say(line: string): void;
  warn(message: string): void;
  error(message: string): void;
  group<T>(title: string, work: () => Promise<T>): Promise<T>;
}

export function createCommands(env: Environment, write: (line: string) => void): Commands {
  const append = (variable: string, name: string, value: string) => {
    const file = env[variable];
    if (!file)
      throw new Error(`${variable} is not set: this is an action, which a runner of GitHub Actions runs.`);
    // A delimiter that nobody can guess, so that no value can end itself.
    const end = `end-${randomUUID()}`;
    appendFileSync(file, `${name}<<${end}\n${value}\n${end}\n`);
  };
  return {
    input: (name) => (env[`INPUT_${name.toUpperCase()}`] ?? '').trim(),
    state: (name) => env[`STATE_${name}`] ?? '',
    saveState: (name, value) => append('GITHUB_STATE', name, value),
    setOutput: (name, value) => append('GITHUB_OUTPUT', name, value),
    mask: (secret) => {
      // A value of several lines is printed line by line.
      // The frame of a PEM is in our own words, too.
      for (const line of secret.split(/\r?\n|\\n/))
        if (line.trim() !== '' && !line.startsWith('-----')) write(`::add-mask::${encode(line)}`);
    },
    // What others said may not become a command, which begins a line with ::.
    say: (line) => write(line.replace(/\s*[\r\n]+\s*/g, ' ').replace(/^\s*::/, '- ::')),
    warn: (message) => write(`::warning title=Start a runner::${encode(message)}`),
    error: (message) => write(`::error title=Start a runner::${encode(message)}`),
    group: async (title, work) => {
      write(`::group::${encode(title)}`);
      try {
        return await work();
      } finally {
        write('::endgroup::');
      }
    },
  };
}

const encode = (text: string) => text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
