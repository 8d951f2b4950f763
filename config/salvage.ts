/**
 * What is sound in a config that has problems, so that one broken field does not hide a contradiction between others.
 * Rules read a Draft: a field that is missing without a default, or whose value the schema refused, is undefined
 * (the latter has its key, for rules that ask what is absent).
 */
import { z } from 'zod';
import type { configSchema } from './schema';
import { childOf, isMap, optionsFor, type Schema, unwrap } from './walk-schema';

/** Indexes and names stay as they are in the file: an entry that is broken as a whole is undefined. */
export type Draft<T> = T extends readonly (infer Item)[]
  ? readonly (Draft<Item> | undefined)[]
  : T extends object
    ? { readonly [Key in keyof T]?: Draft<T[Key]> | undefined }
    : T;

export type ConfigDraft = Draft<z.infer<typeof configSchema>>;

export function salvage(schema: Schema, raw: unknown): unknown {
  if (raw === undefined) return missing(schema);
  const here = unwrap(schema);
  if (here instanceof z.ZodObject) return isMap(raw) ? salvageObject(here, raw) : undefined;
  if (here instanceof z.ZodRecord) return isMap(raw) ? salvageRecord(here, raw) : undefined;
  if (here instanceof z.ZodArray) {
    return Array.isArray(raw) ? raw.map((item) => salvage(here.element, item)) : undefined;
  }
  if (here instanceof z.ZodUnion) return salvageUnion(here, raw);
  const result = z.safeParse(here, raw);
  return result.success ? result.data : undefined;
}

type RawMap = Record<string, unknown>;

function missing(schema: Schema): unknown {
  const result = z.safeParse(schema, undefined);
  return result.success ? result.data : undefined;
}

const salvageObject = (schema: z.ZodObject, raw: RawMap) =>
  Object.fromEntries(
    Object.entries(schema.shape)
      .map(([key, field]) => [key, salvage(field as Schema, childOf(raw, key))] as const)
      .filter(([key, value]) => value !== undefined || childOf(raw, key) !== undefined),
  );

const salvageRecord = (schema: z.ZodRecord, raw: RawMap) =>
  Object.fromEntries(Object.keys(raw).map((key) => [key, salvage(schema.valueType, childOf(raw, key))]));

function salvageUnion(schema: z.ZodUnion, raw: unknown): unknown {
  const [option, another] = optionsFor(schema, raw);
  return option && !another ? salvage(option, raw) : undefined;
}
