import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REASONS, type Reason, toOutcome, UNANSWERED } from '../../../lambda/drain/core/reasons';
import { renderReasons } from '../../../lambda/drain/docs';

const root = join(__dirname, '../../..');
const sources = readdirSync(join(root, 'lambda/drain'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('reasons.ts'))
  .map((file) => readFileSync(join(root, 'lambda/drain', file), 'utf8'))
  .join('\n');

test('docs/drain-reasons.md is what the table says', () => {
  expect(readFileSync(join(root, 'docs/drain-reasons.md'), 'utf8')).toBe(renderReasons());
});

test.each(Object.keys(REASONS))('%s is used', (name) => {
  expect(sources).toContain(`'${name}'`);
});

test.each(Object.entries(REASONS))('%s has one line each of meaning and remedy', (_name, entry) => {
  for (const text of [entry.meaning, entry.remedy]) expect(text).toMatch(/^[^|\n]+\.$/);
});

test('what is left is counted as unanswered', () => {
  const left = (Object.keys(REASONS) as Reason[]).filter((reason) => toOutcome(reason) === 'left');
  expect([...UNANSWERED]).toEqual(expect.arrayContaining(left));
});
