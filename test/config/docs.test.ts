import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { buildDocs } from '../../config/docs';
import { configSchema } from '../../config/schema';
import { change } from './perfect';

const root = join(__dirname, '../..');

test.each(Object.entries(buildDocs()))(
  '%s is what the schema says (else: npx tsx config/docs.ts)',
  (file, text) => {
    expect(readFileSync(join(root, file), 'utf8')).toBe(text);
  },
);

test('every field says what it means', () => {
  expect(findUndescribed(z.toJSONSchema(configSchema, { io: 'input' }) as Node, '')).toEqual([]);
});

test('the reference has a section for all that has fields', () => {
  const text = buildDocs()['docs/config.md'] ?? '';
  const headings = text.split('\n').filter((line) => line.startsWith('#'));
  expect(headings).toEqual(
    expect.arrayContaining([
      '### accounts.\\<name> with `ci: circleci`',
      '### accounts.\\<name> with `ci: gitlab`',
      '### fleets\\[].gitlab',
      '### fleets\\[].warm',
      '#### fleets\\[].warm.hours\\[]',
    ]),
  );
});

interface Node {
  description?: string;
  properties?: Record<string, Node>;
  items?: Node;
  additionalProperties?: Node | boolean;
  oneOf?: Node[];
  anyOf?: Node[];
}

function findUndescribed(node: Node, path: string): string[] {
  const fields = Object.entries(node.properties ?? {}).flatMap(([name, field]) => [
    ...(field.description ? [] : [`${path}.${name}`]),
    ...findUndescribed(field, `${path}.${name}`),
  ]);
  const inner = [node.items, node.additionalProperties, ...(node.oneOf ?? []), ...(node.anyOf ?? [])].flatMap(
    (child) => (typeof child === 'object' ? findUndescribed(child, path) : []),
  );
  return [...fields, ...inner];
}

test.each(['dev', 'gitlab', 'nomad', 'github', 'local'])(
  'editors find the schema of config/%s.yaml',
  (environment) => {
    expect(readFileSync(join(root, `config/${environment}.yaml`), 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/docs\/config\.schema\.json\n/,
    );
  },
);

describe('the schema for editors', () => {
  const editor = z.fromJSONSchema(JSON.parse(readFileSync(join(root, 'docs/config.schema.json'), 'utf8')));
  const read = (text: string) => editor.safeParse(parse(text)).success;

  test.each(['dev', 'gitlab', 'nomad', 'github', 'local'])('accepts config/%s.yaml', (environment) => {
    expect(read(readFileSync(join(root, `config/${environment}.yaml`), 'utf8'))).toBe(true);
  });

  test.each([
    ['a misspelt field', 'warm: 2', 'wram: 2'],
    ['a missing field', '    max: 5\n', ''],
    ['a field of another type', 'max: 5', 'max: many'],
    ['a field of the other kind', 'zones: 2', 'vpcId: vpc-1'],
  ])('refuses %s', (_name, from, to) => {
    expect(read(change(from, to))).toBe(false);
  });
});
