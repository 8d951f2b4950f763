/** YAML text as a value, with the place of everything in it. */
import {
  type Document,
  isCollection,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { findOffset } from './positions';
import { type LocatedProblem, maskCredentials, type Problem } from './problem';

export interface Yaml {
  /** Undefined when the text is no YAML. */
  raw: unknown;
  problems: LocatedProblem[];
  locate: (problem: Problem) => LocatedProblem;
}

export function parseYaml(text: string, file: string): Yaml {
  const lineCounter = new LineCounter();
  const lines = text.split(/\r?\n/);
  const at = (problem: Problem, offset: number): LocatedProblem => {
    const { line, col } = lineCounter.linePos(offset);
    const source = lines[line - 1];
    const place = { file, line: Math.max(line, 1), column: Math.max(col, 1) };
    return { ...problem, ...place, ...(source === undefined ? {} : { source: maskCredentials(source) }) };
  };
  let document: Document;
  try {
    document = parseDocument(text, { lineCounter, merge: true, prettyErrors: false, logLevel: 'error' });
  } catch (error) {
    return { raw: undefined, problems: [at(toProblem(error), 0)], locate: (problem) => at(problem, 0) };
  }
  const locate = (problem: Problem) =>
    at(problem, findOffset(document, problem.path, problem.mark ?? 'value'));
  const errors = [...document.errors, ...document.warnings];
  const problems = [
    ...errors.map((error) => at(toSyntaxProblem(error, text), error.pos[0])),
    ...findUnusable(document).map(({ problem, offset }) => at(problem, offset)),
  ];
  // A key that is there twice leaves the rest readable; other errors would only bring nonsense after them.
  if (errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return { raw: undefined, problems, locate };
  try {
    return { raw: problems.length > errors.length ? undefined : document.toJS(), problems, locate };
  } catch (error) {
    return { raw: undefined, problems: [...problems, at(toProblem(error), 0)], locate };
  }
}

/** Nesting without end, or aliases that multiply without end. */
const toProblem = (error: unknown): Problem => ({
  path: [],
  wrong: `the YAML cannot be read: ${error instanceof Error ? error.message : String(error)}`,
  remedy: 'write it plainly: less nesting, fewer aliases (*name)',
});

function toSyntaxProblem({ code, message, pos }: YAMLError, text: string): Problem {
  if (code === 'DUPLICATE_KEY') {
    const key = /^[^:\n]*/.exec(text.slice(pos[0]))?.[0].trim();
    return { path: [], wrong: `${key} is there twice in one map`, remedy: 'remove one' };
  }
  return { path: [], wrong: `this is not valid YAML: ${message}`, remedy: REMEDIES[code] ?? 'correct it' };
}

const REMEDIES: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'indent entries of one map or list alike, with spaces',
  MISSING_CHAR: 'add what is missing, or put the value in quotes',
  MULTIPLE_DOCS: 'keep one document: remove --- and what follows',
  MULTILINE_IMPLICIT_KEY: 'start each field on a line of its own as `name: value`',
  TAG_RESOLVE_FAILED: 'remove the !tag',
};

/** What YAML allows and no config can use: an alias to nothing, a map or list as a key. */
function findUnusable(document: Document): { problem: Problem; offset: number }[] {
  const found: { problem: Problem; offset: number }[] = [];
  const add = (node: Node, wrong: string, remedy: string) =>
    found.push({ problem: { path: [], wrong, remedy }, offset: node.range?.[0] ?? 0 });
  visit(document, {
    Alias(_key, node) {
      if (node.resolve(document)) return;
      add(node, `*${node.source} points to nothing`, `define &${node.source} above it`);
    },
    Pair(_key, { key }) {
      if (isCollection(key))
        add(key, 'a map or list stands where a key belongs', 'use a plain word as the key');
    },
  });
  return found;
}
