import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LAUNCH_PROBLEMS } from '../../../lambda/scaler/core/launch-problems';
import { BLOCKING, PROBLEMS, REASONS } from '../../../lambda/scaler/core/reasons';
import { renderReasons } from '../../../lambda/scaler/docs';

const root = join(__dirname, '../../..');
const sources = readdirSync(join(root, 'lambda/scaler'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('reasons.ts'))
  .map((file) => readFileSync(join(root, 'lambda/scaler', file), 'utf8'))
  .join('\n');

test('docs/reasons.md is what the table says', () => {
  expect(readFileSync(join(root, 'docs/reasons.md'), 'utf8')).toBe(renderReasons());
});

// Of a failed launch each is an answer, by the words that it is listed with.
const named = [...Object.keys(REASONS), ...Object.keys(PROBLEMS)].filter(
  (name) => !(name in LAUNCH_PROBLEMS),
);
test.each(named)('%s is used', (name) => {
  expect(sources).toContain(`'${name}'`);
});

test.each(Object.entries({ ...REASONS, ...PROBLEMS }))(
  '%s has one line each of meaning and remedy',
  (_name, entry) => {
    for (const text of [entry.meaning, entry.remedy]) expect(text).toMatch(/^[^|\n]+\.$/);
  },
);

test('what blocks a fleet says more than that it is normal', () => {
  for (const reason of BLOCKING) expect(REASONS[reason].remedy).not.toMatch(/^Nothing/);
});
