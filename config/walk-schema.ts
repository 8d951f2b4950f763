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

/** Schemas that may hold at the path below this value: several where a discriminated union is undecided. */
export function schemasAt(schema: Schema, path: Path): Schema[] {
  const here = unwrap(schema);
  if (here instanceof z.ZodDiscriminatedUnion) {
    return (here.options as Schema[]).flatMap((option) => schemasAt(option, path));
  }
  const [part, ...rest] = path;
  if (part === undefined) return [here];
  if (here instanceof z.ZodObject) {
    const child = Object.hasOwn(here.shape, part) ? (here.shape[part] as Schema) : undefined;
    return child ? schemasAt(child, rest) : [];
  }
  if (here instanceof z.ZodRecord) return schemasAt(here.valueType, rest);
  if (here instanceof z.ZodArray) return schemasAt(here.element, rest);
  return [];
}

/** Fields of the map at the path. */
export const keysAt = (schema: Schema, path: Path): string[] => [
  ...new Set(
    schemasAt(schema, path).flatMap((at) => (at instanceof z.ZodObject ? Object.keys(at.shape) : [])),
  ),
];

/** What the field at the path is for; undefined when the schema says nothing. */
export function describeAt(schema: Schema, path: Path): string | undefined {
  const parent = schemasAt(schema, path.slice(0, -1));
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
