/** What an event asks for. */
export type Task = { kind: 'minute' } | { kind: 'wake'; account: string };

/**
 * From what the Lambda is called with. Anything that speaks of waking but does not say whom is refused, and so is
 * what is no object: it is no call of ours. All else is the schedule, whose events AWS makes up.
 */
export function toTask(event: unknown): Task {
  if (typeof event !== 'object' || event === null || Array.isArray(event))
    throw new Error(`an event is an object, got ${JSON.stringify(event)?.slice(0, 80)}: nothing was polled`);
  if (!('wake' in event)) return { kind: 'minute' };
  const { wake } = event;
  if (typeof wake !== 'string' || wake === '')
    throw new Error(`"wake" names an account, got ${JSON.stringify(wake)?.slice(0, 80)}: nothing was polled`);
  return { kind: 'wake', account: wake };
}
