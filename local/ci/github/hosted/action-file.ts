/** What an action says of itself in its action.yml, and its inputs as the environment of its process. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface ActionFile {
  name: string;
  inputs: Record<string, { default?: string; required?: boolean } | null>;
  outputs: Record<string, unknown>;
  main: string;
  /** Null: none. It runs always: no other condition is known here. */
  post: string | null;
}

/** What expressions in defaults may ask for. */
export interface ExpressionValues {
  'github.token': string;
  'job.status': string;
}

/** GitHub runs no other any more (or not much longer). */
const NODE = ['node24'];

export function readActionFile(folder: string): ActionFile {
  const { name, inputs, outputs, runs } = parse(readFileSync(join(folder, 'action.yml'), 'utf8')) as {
    name: string;
    inputs?: ActionFile['inputs'];
    outputs?: ActionFile['outputs'];
    runs: Record<string, string>;
  };
  const { using = '', main = '', post, 'post-if': condition = 'always()' } = runs;
  if (!NODE.includes(using))
    throw new Error(
      `${folder}: the action runs with ${using}; GitHub runs it with one of ${NODE.join(', ')}.`,
    );
  if (condition !== 'always()') throw new Error(`${folder}: post-if ${condition} is not known here.`);
  return {
    name,
    inputs: inputs ?? {},
    outputs: outputs ?? {},
    main: join(folder, main),
    post: post ? join(folder, post) : null,
  };
}

const evaluate = (text: string, values: ExpressionValues): string =>
  text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    if (expression in values) return values[expression as keyof ExpressionValues];
    throw new Error(`The expression ${expression} of a default is not known here.`);
  });

/** INPUT_NAME for every input: what the workflow gives, or its default, evaluated now. */
export function toInputs(
  action: ActionFile,
  given: Record<string, string>,
  values: ExpressionValues,
): Record<string, string> {
  const unknown = Object.keys(given).filter((name) => !(name in action.inputs));
  // GitHub only warns, and the value never arrives.
  if (unknown.length > 0)
    throw new Error(`Unexpected input(s) '${unknown.join("', '")}' for ${action.name}.`);
  return Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      evaluate(given[name] ?? String(input?.default ?? ''), values),
    ]),
  );
}
