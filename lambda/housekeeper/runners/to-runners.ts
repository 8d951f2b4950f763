import { parseRunnerName } from '../../../github/runner-name';
import type { Runner } from '../../../github/types';
import type { LiveTask, SeenRunner } from '../core/choose-runners';
import type { StartedTask } from './read-tasks';

export type Listed = Pick<Runner, 'id' | 'name' | 'status' | 'busy'>;

/**
 * Puts together what GitHub lists of one repository and what runs, by the name that both carry. Whatever has another
 * name, people's own runners and those of other environments and rules, is not seen from here on.
 */
export function toRunners(
  listed: readonly Listed[],
  tasks: readonly StartedTask[],
  ours: { environment: string; rules: readonly string[] },
): SeenRunner[] {
  const registrations = new Map(listed.map((runner) => [runner.name, runner]));
  const byName = new Map<string, LiveTask[]>();
  for (const { startedBy, ...task } of tasks) byName.set(startedBy, [...(byName.get(startedBy) ?? []), task]);
  return [...new Set([...registrations.keys(), ...byName.keys()])].flatMap((name): SeenRunner[] => {
    const parsed = parseRunnerName(name, ours);
    if (!parsed) return [];
    const registration = registrations.get(name);
    return [
      {
        name,
        mintedAt: parsed.mintedAt,
        ...(registration ? { registration } : {}),
        tasks: byName.get(name) ?? [],
      },
    ];
  });
}
