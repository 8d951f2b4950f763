/**
 * What the schema found, in words. Messages in schema.ts are remedies ('use …'); what was wrong is told here, with
 * the value seen.
 */
import type { z } from 'zod';
import { closest, offer } from './closest';
import { type Path, type Problem, show } from './problem';
import { childOf, describeAt, keysAt, type Schema } from './walk-schema';

type Issue = z.core.$ZodIssue;

export function toProblems(schema: Schema, issues: readonly Issue[], raw: unknown): Problem[] {
  return issues.flatMap(toIssuesOfItsKind(raw)).flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => toUnknownKey([...path, key], key, keysAt(schema, path, raw)));
    }
    if (issue.code === 'invalid_key') {
      const remedy = issue.issues[0]?.message ?? 'use another name';
      return [{ path, mark: 'key' as const, wrong: `${show(path.at(-1))} is not a valid name`, remedy }];
    }
    const seen = valueAt(raw, path);
    if (seen === undefined) {
      const remedy = `add it: ${describeAt(schema, path, raw) ?? toRemedy(issue, seen)}`;
      return [{ path, wrong: `${show(path.at(-1))} is missing`, remedy }];
    }
    return [{ path, wrong: toWrong(issue, seen), remedy: toRemedy(issue, seen) }];
  });
}

/**
 * Of a value that may be written in two ways, what is wrong with the way that was meant: as a map when it is one.
 * (In a union with a field that tells the options apart, zod does so itself, and `errors` is empty.)
 */
const toIssuesOfItsKind =
  (raw: unknown) =>
  (issue: Issue): Issue[] => {
    const ways = issue.code === 'invalid_union' ? issue.errors : [];
    const meant = ways.find((errors) => !errors.some(isOfAnotherKind(valueAt(raw, issue.path as Path))));
    if (!meant) return [issue];
    return meant
      .map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as Issue)
      .flatMap(toIssuesOfItsKind(raw));
  };

const isOfAnotherKind = (seen: unknown) => (issue: Issue) =>
  issue.path.length === 0 &&
  issue.code === 'invalid_type' &&
  // 1.5 is a number, though not a whole one.
  !(issue.expected === 'int' && typeof seen === 'number');

function toUnknownKey(path: Path, key: string, known: string[]): Problem {
  const near = closest(key, known);
  const remedy = near ? `did you mean ${near}?` : `remove it; known here: ${known.join(', ')}`;
  return { path, mark: 'key', wrong: `${show(key)} is no field`, remedy };
}

function toWrong(issue: Issue, seen: unknown): string {
  if (seen === null && ['invalid_type', 'invalid_union'].includes(issue.code)) return 'has no value';
  if (issue.code === 'invalid_type') return `${show(seen)} is not ${TYPES[issue.expected] ?? issue.expected}`;
  if (issue.code === 'too_small') return `${show(seen)} is ${tooLittle(issue.origin)}`;
  if (issue.code === 'too_big') return `${show(seen)} is ${tooMuch(issue.origin)}`;
  return `${show(seen)} is not possible here`;
}

const isSize = (origin: string) => ['string', 'array', 'set', 'map', 'object'].includes(origin);
const tooLittle = (origin: string) => (isSize(origin) ? 'too short' : 'too small');
const tooMuch = (origin: string) => (isSize(origin) ? 'too long' : 'too big');

const TYPES: Record<string, string> = {
  string: 'a text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of fields',
  record: 'a map of names',
};

const OF_TYPE: Record<string, string> = {
  string: 'write a text',
  int: 'write a whole number',
  number: 'write a number',
  boolean: 'write true or false',
  array: 'write a list, each entry on its own line after "- "',
  object: 'write its fields below it, indented, or remove it',
  record: 'write names below it, indented, each with its fields',
};

function toRemedy(issue: Issue, seen: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'string' && ['number', 'boolean', 'bigint'].includes(typeof seen)) {
        return `put it in quotes: "${String(seen)}"`;
      }
      return OF_TYPE[issue.expected] ?? `write a value of type ${issue.expected}`;
    case 'invalid_value':
      return offer(seen, issue.values.map(String));
    case 'invalid_union':
      if (issue.errors.length > 0) return toWays(issue.errors);
      return offer(seen, [...((issue as { options?: readonly unknown[] }).options ?? [])].map(String));
    case 'too_small':
      return `use at least ${issue.minimum}${isSize(issue.origin) ? unitOf(issue.origin, issue.minimum) : ''}`;
    case 'too_big':
      return `use at most ${issue.maximum}${isSize(issue.origin) ? unitOf(issue.origin, issue.maximum) : ''}`;
    default:
      return issue.message;
  }
}

/** 'write a whole number, or write its fields below it', for a value that is neither. */
const toWays = (ways: readonly (readonly Issue[])[]): string =>
  ways.map(([first]) => (first ? toRemedy(first, undefined) : '')).join('; or ');

function unitOf(origin: string, count: number | bigint): string {
  const [unit, units] = origin === 'string' ? ['character', 'characters'] : ['entry', 'entries'];
  return ` ${Number(count) === 1 ? unit : units}`;
}

const valueAt = (raw: unknown, path: Path): unknown => path.reduce(childOf, raw);
