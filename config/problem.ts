/** What is wrong with a config file, and the one error that tells all of it. */

/** Keys and indexes from the top of the file, such as ['fleets', 0, 'warm']. */
export type Path = readonly (string | number)[];

/** One thing that is wrong. Rules and the schema make these; they know no file and no line. */
export interface Problem {
  path: Path;
  /** What was wrong, with the value seen. */
  wrong: string;
  /** What to do. */
  remedy: string;
  /** What to point at: the value (default), or the key when the key itself is wrong. */
  mark?: 'key' | 'value';
}

export interface LocatedProblem extends Problem {
  file: string;
  /** Both from 1. */
  line: number;
  column: number;
  /** The line of the file, with credentials masked. Absent when there is no file. */
  source?: string;
}

/** The only error that reading a config throws; it carries every problem that was found. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly LocatedProblem[];

  constructor(problems: readonly LocatedProblem[], options?: ErrorOptions) {
    super(toText(problems), options);
    this.problems = problems;
    // What is wrong stands in the config file: where in our code it was found would only bury that.
    Object.defineProperty(this, 'stack', { value: `ConfigError: ${this.message}` });
  }

  /** What the console and an uncaught exception show. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.message;
  }
}

/** fleets[0].warm; keys that are no plain words are quoted: organization.tags["a b"]. */
export const toDotted = (path: Path): string =>
  path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');

/** A value as a person reads it in one line: short, quoted like YAML, never an exception. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'empty';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'a map';
  const text = typeof value === 'string' ? JSON.stringify(maskCredentials(value)) : String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/** http://user:password@host without the user and password: problems are printed into the logs of pipelines. */
export const maskCredentials = (text: string): string =>
  text.replace(/(?<=:\/\/)[^\s/@]+(?=@)/g, (credentials) => '*'.repeat(credentials.length));

function toText(problems: readonly LocatedProblem[]): string {
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const files = [...new Set(problems.map((problem) => problem.file))].join(', ');
  return [`${files}: ${count}`, ...problems.map(toParagraph)].join('\n\n');
}

function toParagraph({ file, line, column, path, source, wrong, remedy }: LocatedProblem): string {
  const where = [`${file}:${line}:${column}`, toDotted(path)].filter(Boolean).join('  ');
  const lines = [where, `  ${wrong}`, `  → ${remedy}`];
  if (source !== undefined) lines.push(...toFrame(source, line, column));
  return lines.join('\n');
}

/** The line with a caret below the column; a long line is cut around it. Control characters must not reach the terminal. */
function toFrame(source: string, line: number, column: number): string[] {
  const width = 90;
  const from = column > width ? column - width / 2 : 0;
  const text = source.slice(from, from + width).replace(/[\p{Cc}\p{Cf}]/gu, ' ');
  const margin = `  ${line} | `;
  return [
    `${margin}${text}`.trimEnd(),
    `${' '.repeat(margin.length - 2)}| ${' '.repeat(column - 1 - from)}^`,
  ];
}
