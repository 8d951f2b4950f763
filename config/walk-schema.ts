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
