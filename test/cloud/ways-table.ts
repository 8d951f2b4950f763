/** The tables of docs/draining.md, made of what the ways did. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_DIR } from '../../local/cloud/layout';
import type { Out } from './ways';

const HEAD = [
  '| What happens | The job | The next job | Drains after | Gone after |',
  '|---|---|---|---|---|',
];

const toSeconds = (seconds: number | undefined) => (seconds === undefined ? '–' : `${Math.round(seconds)} s`);

export const toTable = (outs: Out[]): string =>
  [
    ...HEAD,
    ...outs.map(
      ({ way, job, next, secondsToDrain, secondsToGone }) =>
        `| ${way} | ${job} | ${next} | ${toSeconds(secondsToDrain)} | ${toSeconds(secondsToGone)} |`,
    ),
  ].join('\n');

/** Of a table, what is the same in each run: all but the times. */
export const toPromises = (table: string): string[][] =>
  table
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, 4)
        .map((cell) => cell.trim()),
    );

/** The table between the marks `<!-- name -->` and `<!-- /name -->`. */
export function readTable(name: string): string {
  const text = readFileSync(join(PROJECT_DIR, 'docs', 'draining.md'), 'utf8');
  const [, rest = ''] = text.split(`<!-- ${name} -->\n`);
  return rest.split(`<!-- /${name} -->`)[0]?.trim() ?? '';
}
