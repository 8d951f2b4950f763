import fc from 'fast-check';
import { stringify } from 'yaml';
import { ConfigError } from '../../config/problem';
import { salvage } from '../../config/salvage';
import { configSchema } from '../../config/schema';
import { parseYaml } from '../../config/yaml';
import { change, PERFECT, parse, problemsIn } from './perfect';

// Hundreds of files each: seconds alone, but the machine may be busy.

/** Sound, or a ConfigError whose problems all lie in the text and can be shown. */
function expectAnAnswer(text: string): void {
  try {
    expect(parse(text).fleets.length).toBeGreaterThan(0);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const lines = text.split('\n').length;
    expect(error.problems.length).toBeGreaterThan(0);
    for (const { line, column } of error.problems) {
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(lines);
      expect(column).toBeGreaterThanOrEqual(1);
    }
  }
}

const raw = parseYaml(PERFECT, 'perfect').raw as Record<string, unknown>;

test('any text is answered with a config or a ConfigError', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), expectAnAnswer), { numRuns: 100 });
});

test('any text made of YAML signs is answered', () => {
  const sign = fc.constantFrom(
    ...'{}[]:,-?&*!|>\'"%@`#\n\t ~<ab1',
    '<<: ',
    '&a ',
    '*a ',
    '\n  ',
    '- ',
    'fleets',
    '---\n',
  );
  const text = fc.array(sign, { maxLength: 60 }).map((signs) => signs.join(''));
  fc.assert(fc.property(text, expectAnAnswer), { numRuns: 500 });
});

test('any value in the place of any section is answered', () => {
  const section = fc.constantFrom(...Object.keys(raw));
  fc.assert(
    fc.property(section, fc.jsonValue(), (key, value) => expectAnAnswer(stringify({ ...raw, [key]: value }))),
    { numRuns: 100 },
  );
});

test('the perfect config with any line changed is answered, and problems lie in the file', () => {
  const lines = PERFECT.split('\n');
  const index = fc.nat(lines.length - 1);
  const edits = fc.constantFrom<(line: string) => string[]>(
    () => [],
    (line) => [line, line],
    (line) => [` ${line}`],
    (line) => [line.slice(1)],
    (line) => [line.replace(/: .*/, ':')],
    (line) => [line.replace(/: .*/, ': {}')],
    (line) => [line.replace(/: .*/, ': [~]')],
    (line) => [line.replace(/: .*/, ': -1')],
    (line) => [line.replace(/\w+:/, '__proto__:')],
    (line) => [line.replace(/\w+:/, 'constructor:')],
    (line) => [line.replace(/\w+:/, '? [a]\n:')],
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(index, edits), { minLength: 1, maxLength: 4 }), (changes) => {
      const changed = lines.flatMap((line, at) => changes.find(([i]) => i === at)?.[1](line) ?? [line]);
      expectAnAnswer(changed.join('\n'));
    }),
    { numRuns: 200 },
  );
});

test('nesting without end is answered', () => {
  expectAnAnswer('['.repeat(20_000));
  expectAnAnswer('{a: '.repeat(5_000));
  expectAnAnswer('a: &a [*a]\n');
});

test('what is sound in a sound config is all of it', () => {
  expect(salvage(configSchema, raw)).toEqual(configSchema.parse(raw));
});

test('a problem stays on its line wherever comments and empty lines are added', () => {
  const lines = change('warm: 2', 'warm: 7').split('\n');
  fc.assert(
    fc.property(fc.array(fc.nat(lines.length), { maxLength: 10 }), (places) => {
      const spread = lines.flatMap((line, at) => (places.includes(at) ? ['', '# a comment', line] : [line]));
      const [problem] = problemsIn(spread.join('\n'));
      expect(problem?.line).toBe(spread.findIndex((line) => line.includes('warm: 7')) + 1);
    }),
    { numRuns: 30 },
  );
});
