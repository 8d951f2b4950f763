/** Reads config/<environment>.yaml and tells everything that is wrong with it at once. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { offer } from './closest';
import { findOffset } from './positions';
import { ConfigError, type LocatedProblem, type Problem, show } from './problem';
import { type Config, configSchema } from './schema';
import { toProblems } from './schema-problems';
import { keysAt } from './walk-schema';

/** @throws ConfigError, and nothing else, when there is no sound config for this environment */
export function readConfig({ environment, directory }: { environment: string; directory: string }): Config {
  // No dash: muster-a-b-c would be fleet c of environment a-b and fleet b-c of environment a.
  if (!/^[a-z][a-z0-9]{0,23}$/.test(environment)) {
    throw failure(directory, {
      wrong: `${show(environment)} is no name of an environment`,
      remedy: 'use 1 to 24 lower-case letters and digits, starting with a letter, such as ENV=dev',
    });
  }
  const file = join(directory, `${environment}.yaml`);
  return parseConfig({ environment, file, text: readText(file, directory, environment) });
}

function readText(file: string, directory: string, environment: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const problem = missing
      ? {
          wrong: `there is no environment ${show(environment)}`,
          remedy: `${offer(environment, listEnvironments(directory))}, or copy config/dev.yaml to ${file}`,
        }
      : { wrong: `cannot be read: ${(cause as Error).message}`, remedy: 'make it a readable file' };
    throw failure(file, problem, { cause });
  }
}

function listEnvironments(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((entry) => entry.endsWith('.yaml'))
      .map((entry) => entry.slice(0, -'.yaml'.length))
      .sort();
  } catch {
    return [];
  }
}

/** A file or environment that is wrong as a whole. */
function failure(file: string, problem: Omit<Problem, 'path'>, options?: ErrorOptions): ConfigError {
  return new ConfigError([{ ...problem, path: [], file, line: 1, column: 1 }], options);
}

export function parseConfig({
  environment,
  file,
  text,
}: {
  environment: string;
  /** For messages. */
  file: string;
  text: string;
}): Config {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, merge: true, prettyErrors: false });
  const lines = text.split(/\r?\n/);
  const locate = (problem: Problem, offset: number): LocatedProblem => {
    const { line, col } = lineCounter.linePos(offset);
    const source = lines[line - 1];
    return {
      ...problem,
      file,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      ...(source === undefined ? {} : { source }),
    };
  };

  const syntax = [...document.errors, ...document.warnings].map((error) =>
    locate({ path: [], wrong: `is not valid YAML: ${error.message}`, remedy: 'correct it' }, error.pos[0]),
  );
  if (syntax.length > 0) throw new ConfigError(syntax);

  let raw: unknown;
  try {
    raw = document.toJS();
  } catch (cause) {
    // Aliases that point nowhere or multiply without end.
    throw failure(
      file,
      { wrong: (cause as Error).message, remedy: 'correct the aliases (*name)' },
      { cause },
    );
  }
  const result = configSchema.safeParse(raw);
  const problems = result.success
    ? []
    : toProblems(result.error.issues, raw, (path) => keysAt(configSchema, path));
  if (problems.length > 0 || !result.success) {
    throw new ConfigError(
      problems.map((problem) => locate(problem, findOffset(document, problem.path, problem.mark ?? 'value'))),
    );
  }
  return { ...result.data, environment };
}
