/** All pins: one that cannot be raised stays, the others are raised. */
import { type Bumped, bumpPin, type Get } from './bump-pin';
import type { Source } from './sources';

export interface Files {
  read: (path: string) => string;
  write: (path: string, text: string) => void;
}

export interface BumpResult {
  rows: Omit<Bumped, 'text'>[];
  failures: string[];
}

export async function bumpAll(sources: readonly Source[], files: Files, get: Get): Promise<BumpResult> {
  const rows: BumpResult['rows'] = [];
  const failures: string[] = [];
  // One after the other: two pins of one file must not write over each other.
  for (const source of sources) {
    try {
      const before = files.read(source.file);
      const { text, ...row } = await bumpPin(source, before, get);
      if (text !== before) files.write(source.file, text);
      rows.push(row);
    } catch (error) {
      failures.push(`${source.name}: ${(error as Error).message}`);
    }
  }
  return { rows, failures };
}

/** `NODE  24.15.0 → 24.16.0`, with what somebody should know. */
export function toLines({ rows, failures }: BumpResult): string[] {
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  return [
    ...rows.map(({ name, from, to, notes }) =>
      [`${name.padEnd(width)}  ${from === to ? `${from}, the newest` : `${from} → ${to}`}`, ...notes].join(
        '; ',
      ),
    ),
    ...failures.map((failure) => `✖ ${failure}`),
  ];
}
