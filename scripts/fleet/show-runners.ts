/** What `make status` prints of GitHub's runners: pure. */
import { toColumns } from '../to-columns';

export interface RunnersStatus {
  rules: readonly RuleStatus[];
  /** Undefined: none are wanted, or none deployed. */
  hosts: { desired: number; max: number; inService: number } | undefined;
}

export interface RuleStatus {
  name: string;
  repository: string;
  /** Undefined: not deployed. */
  tasks:
    | {
        running: number;
        starting: number;
        /** When the container that runs for longest started; milliseconds since 1970. */
        oldest: number | undefined;
      }
    | undefined;
}

export function showRunners({ rules, hosts }: RunnersStatus, now: number): string[] {
  const rows = rules.map(({ name, repository, tasks }) =>
    tasks
      ? [name, repository, `${tasks.running}`, `${tasks.starting}`, toAge(tasks.oldest, now)]
      : [name, repository, 'not deployed'],
  );
  return [
    ...toColumns(['RUNNERS OF', 'REPOSITORY', 'RUNNING', 'STARTING', 'OLDEST'], rows),
    ...(hosts
      ? [`Hosts: ${hosts.inService} in service, ${hosts.desired} desired, ${hosts.max} at most`]
      : []),
  ];
}

const toAge = (since: number | undefined, now: number) =>
  since === undefined ? '' : `${Math.max(0, Math.floor((now - since) / 60_000))} min`;
