/** Questions to a schema: what is below a path, without defaults and optionals in the way. */
import { z } from 'zod';
import type { Path } from './problem';

export type Schema = z.core.$ZodType;

/** The schema that a default, prefault or optional wraps. */
export function unwrap(schema: Schema): Schema {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return unwrap(schema.unwrap());
  }
  return schema;
}

/**
 * Schemas that may hold at the path below this value: several where a union is undecided.
 * @param raw the value as it was read
 */
export function schemasAt(schema: Schema, path: Path, raw: unknown): Schema[] {
  const here = unwrap(schema);
  if (here instanceof z.ZodUnion) {
    return optionsFor(here, raw).flatMap((option) => schemasAt(option, path, raw));
  }
  const [part, ...rest] = path;
  if (part === undefined) return [here];
  const below = (child: Schema) => schemasAt(child, rest, childOf(raw, part));
  if (here instanceof z.ZodObject) {
    return Object.hasOwn(here.shape, part) ? below(here.shape[part] as Schema) : [];
  }
  if (here instanceof z.ZodRecord) return below(here.valueType);
  if (here instanceof z.ZodArray) return below(here.element);
  return [];
}

/** The options that the value chose, or all when it chose none of them. */
export function optionsFor(union: z.ZodUnion, raw: unknown): readonly Schema[] {
  const options = union.options as readonly Schema[];
  const chosen = options.filter((option) => isChosen(union, option, raw));
  return chosen.length > 0 ? chosen : options;
}

/** By the field that tells the options apart; without one, a map chooses the option that has fields. */
function isChosen(union: z.ZodUnion, option: Schema, raw: unknown): boolean {
  const inner = unwrap(option);
  if (!(union instanceof z.ZodDiscriminatedUnion)) return inner instanceof z.ZodObject === isMap(raw);
  const { discriminator } = union.def;
  const field = inner instanceof z.ZodObject ? inner.shape[discriminator] : undefined;
  return field !== undefined && z.safeParse(field as Schema, childOf(raw, discriminator)).success;
}

export const isMap = (raw: unknown): raw is Record<string, unknown> =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);

/** An own entry of a map or list; undefined when there is none. */
export const childOf = (raw: unknown, key: string | number): unknown =>
  typeof raw === 'object' && raw !== null && Object.hasOwn(raw, key)
    ? (raw as Record<string | number, unknown>)[key]
    : undefined;

/** Keys that the map at the path may have; none when any name will do. */
export const keysAt = (schema: Schema, path: Path, raw: unknown): string[] => [
  ...new Set(schemasAt(schema, path, raw).flatMap(keysOf)),
];

function keysOf(schema: Schema): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodRecord && schema.keyType instanceof z.ZodEnum) {
    return schema.keyType.options.map(String);
  }
  return [];
}

/** What the field at the path is for; undefined when the schema says nothing. */
export function describeAt(schema: Schema, path: Path, raw: unknown): string | undefined {
  const parent = schemasAt(schema, path.slice(0, -1), raw);
  const key = path.at(-1);
  for (const at of parent) {
    const field = at instanceof z.ZodObject && key !== undefined ? at.shape[key] : undefined;
    if (field) return descriptionOf(field as Schema);
  }
  return undefined;
}

/** The description of a field, or of what its default or optional wraps. */
export function descriptionOf(schema: Schema): string | undefined {
  const { description } = schema as z.ZodType;
  if (description !== undefined) return description;
  const inner = unwrap(schema);
  return inner === schema ? undefined : (inner as z.ZodType).description;
}
