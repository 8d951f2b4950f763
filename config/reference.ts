/** The reference page, from the same JSON schema that editors use. */

/** The part of JSON Schema that zod writes for our schema. */
export interface JsonSchema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  description?: string;
  minimum?: number;
  maximum?: number;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  /** Kinds of a map, told apart by a field. */
  oneOf?: JsonSchema[];
  /** Ways to write one value: as a number, or as fields. */
  anyOf?: JsonSchema[];
}

/** Markdown: a section for each map of fields, with a table of them; then one for what is no map. */
export function toReference({ properties = {} }: JsonSchema): string {
  const written = Object.entries(properties).map(([name, field]) => ({
    name,
    field,
    sections: toSections(name, field, 2),
  }));
  const single = written.filter(({ sections }) => sections.length === 0);
  const table = toTable({ properties: Object.fromEntries(single.map(({ name, field }) => [name, field])) });
  return [
    ...written.flatMap(({ sections }) => sections),
    ...(single.length > 0 ? ['## Single values', table] : []),
  ].join('\n\n');
}

function toSections(title: string, schema: JsonSchema, level: number): string[] {
  const heading = `${'#'.repeat(level)} ${escapeText(title)}`;
  if (schema.oneOf)
    return [
      toIntroduction(heading, schema),
      ...schema.oneOf.flatMap((option) => toOption(title, option, level + 1)),
    ];
  const asFields = schema.anyOf?.find(({ properties }) => properties);
  if (asFields) return toSections(title, asFields, level);
  if (schema.properties)
    return [toIntroduction(heading, schema), toTable(schema), ...toNested(title, schema, level + 1)];
  const [suffix, entry] = entryOf(schema);
  if (entry?.oneOf) return toSections(`${title}${suffix}`, entry, level);
  if (entry) {
    const introduction = toIntroduction(`${heading}${escapeText(suffix)}`, describedBy(entry, schema));
    return [introduction, toTable(entry), ...toNested(`${title}${suffix}`, entry, level + 1)];
  }
  return [];
}

/** `network` with `kind: new`: one section for each way to write it. */
function toOption(title: string, option: JsonSchema, level: number): string[] {
  const [key, chosen] =
    Object.entries(option.properties ?? {}).find(([, field]) => field.const !== undefined) ?? [];
  const heading = `${'#'.repeat(level)} ${escapeText(title)} with \`${key}: ${chosen?.const}\``;
  return [
    toIntroduction(heading, { ...(chosen?.description ? { description: chosen.description } : {}) }),
    toTable(option),
  ];
}

const toNested = (title: string, schema: JsonSchema, level: number): string[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    toSections(`${title}.${name}`, field, level),
  );

/** What a map of names or a list holds, however deep: week.<name>[] is a map of lists. */
function entryOf({ items, additionalProperties }: JsonSchema): [string, JsonSchema | undefined] {
  const entry = items ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
  if (!entry) return ['', undefined];
  const here = items ? '[]' : '.<name>';
  if (entry.properties || entry.oneOf) return [here, entry];
  const [below, inner] = entryOf(entry);
  return [`${here}${below}`, inner];
}

const describedBy = (entry: JsonSchema, around: JsonSchema): JsonSchema =>
  entry.description ? entry : around;

const toIntroduction = (heading: string, { description }: JsonSchema): string =>
  description ? `${heading}\n\n${description}` : heading;

function toTable({ properties, required }: JsonSchema): string {
  const rows = Object.entries(properties ?? {}).map(([name, field]) => {
    const cells = [
      `\`${name}\``,
      toType(field),
      toDefault(field, required?.includes(name)),
      field.description ?? '',
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return ['| Field | Type | Default | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function toType(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.anyOf) return schema.anyOf.map(toType).join('; or ');
  if (schema.type === 'integer') return `whole number${toBounds(schema)}`;
  if (schema.type === 'boolean') return '`true`, `false`';
  if (schema.type === 'array') return `list of ${schema.items ? toType(schema.items) : 'values'}`;
  if (schema.properties || entryOf(schema)[1]) return 'fields, see below';
  if (schema.type === 'object') return isOfNumbers(schema) ? 'map of numbers' : 'map of texts';
  return 'text';
}

const isOfNumbers = ({ additionalProperties: entry }: JsonSchema): boolean =>
  typeof entry === 'object' && entry.type === 'number';

function toBounds({ minimum, maximum }: JsonSchema): string {
  const most = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (minimum === undefined) return '';
  if (minimum === most) return `, ${minimum}`;
  return most === undefined ? `, ${minimum} or more` : `, ${minimum} to ${most}`;
}

function toDefault(schema: JsonSchema, required: boolean | undefined): string {
  if (required) return '**required**';
  if (schema.default === undefined) return 'absent';
  const text = typeof schema.default === 'object' ? JSON.stringify(schema.default) : String(schema.default);
  return text === '{}' && schema.properties ? 'see below' : `\`${text}\``;
}

const escapeText = (text: string) => text.replaceAll('<', '\\<').replaceAll('[', '\\[');
