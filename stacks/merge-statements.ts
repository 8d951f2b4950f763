/** Fewer and longer statements that allow the same: the inline policies of a role have 10,240 characters together. */
import type { Statement } from './create-role';

/** Of those with the same resources and conditions the first has the actions of all. */
export function mergeStatements(statements: Statement[]): Statement[] {
  const merged = new Map<string, Statement>();
  for (const statement of statements) {
    const { Effect, Resource, Condition, Action } = statement;
    const key = JSON.stringify([Effect, Resource, Condition]);
    const first = merged.get(key);
    merged.set(
      key,
      first ? { ...first, Action: [...new Set([...first.Action, ...Action])].sort() } : statement,
    );
  }
  return [...merged.values()];
}
