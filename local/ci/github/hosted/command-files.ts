/** The files by which a step tells what comes after it: outputs, state, environment, summary. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'] as const;

export interface Said {
  outputs: Record<string, string>;
  state: Record<string, string>;
  environment: Record<string, string>;
  summary: string;
}

/**
 * `name=value`, or `name<<DELIMITER`, lines of a value, and the delimiter.
 * @throws Error as the runner fails the step: a line that is neither
 */
export function parsePairs(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === '') continue;
    const [, name = '', sign, value = ''] = /^(.+?)(=|<<)(.*)$/.exec(line) ?? [];
    if (!sign) throw new Error(`Invalid format '${line}'`);
    if (sign === '=') {
      pairs[name] = value;
      continue;
    }
    const end = lines.indexOf(value);
    if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${value}'`);
    pairs[name] = lines
      .splice(0, end + 1)
      .slice(0, -1)
      .join('\n');
  }
  return pairs;
}

/** Fresh files for one step. */
export function makeCommandFiles(temp: string): { environment: Record<string, string>; read: () => Said } {
  const folder = mkdtempSync(join(temp, 'step-'));
  const environment = Object.fromEntries(NAMES.map((name) => [name, join(folder, name)]));
  for (const file of Object.values(environment)) writeFileSync(file, '');
  const text = (name: (typeof NAMES)[number]) => readFileSync(environment[name] ?? '', 'utf8');
  return {
    environment,
    read: () => ({
      outputs: parsePairs(text('GITHUB_OUTPUT')),
      state: parsePairs(text('GITHUB_STATE')),
      environment: parsePairs(text('GITHUB_ENV')),
      summary: text('GITHUB_STEP_SUMMARY'),
    }),
  };
}
