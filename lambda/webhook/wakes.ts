/**
 * Whether the body of a hook says that a job waits for a runner now; undefined when it is no JSON object. A job that is
 * only created waits for others first, and running or finished ones are of no interest.
 */
export function wakes(body: string): boolean | undefined {
  let hook: unknown;
  try {
    hook = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof hook !== 'object' || hook === null || Array.isArray(hook)) return undefined;
  const { object_kind: kind, build_status: status } = hook as Record<string, unknown>;
  return kind === 'build' && status === 'pending';
}
