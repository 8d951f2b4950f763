/** Fleets do not contradict themselves or each other. */
import { instanceRoleName } from '../names';
import { type Path, type Problem, show } from '../problem';
import { accountOf, eachFleet, lookUp, type Rule } from './rule';

export const fleetNamesDiffer: Rule = (config) =>
  findRepeated(
    (config.fleets ?? []).map((fleet) => fleet?.name),
    (name, index, first) => ({
      path: ['fleets', index, 'name'],
      wrong: `fleet ${show(name)} is there already, as fleets[${first}]`,
      remedy: 'give each fleet a name of its own',
    }),
  );

/** Two fleets on one queue would each launch for every job. */
export const queuesDiffer: Rule = (config) =>
  findRepeated(
    (config.fleets ?? []).map((fleet) => {
      const account = fleet && accountOf(config, fleet);
      if (!fleet?.resourceClass || !account?.ci || !account.baseUrl) return undefined;
      // Two accounts with one address see the same queues.
      return `${account.ci} ${account.baseUrl.toLowerCase()} ${fleet.resourceClass.toLowerCase()}`;
    }),
    (_queue, index, first) => ({
      path: ['fleets', index, 'resourceClass'],
      wrong: `resource class ${show(config.fleets?.[index]?.resourceClass)} is served by fleets[${first}] (${config.fleets?.[first]?.name ?? '?'}) already`,
      remedy:
        'make one fleet of the two, with several instanceTypes if need be, or give it a class of its own',
    }),
  );

function findRepeated(
  keys: readonly (string | undefined)[],
  toProblem: (key: string, index: number, first: number) => Problem,
): Problem[] {
  return keys.flatMap((key, index) => {
    const first = keys.indexOf(key);
    return key === undefined || first === index ? [] : [toProblem(key, index, first)];
  });
}

export const warmFitsMax: Rule = (config) =>
  eachFleet(config, ({ warm, max }, path) =>
    warm !== undefined && max !== undefined && warm > max
      ? [
          {
            path: [...path, 'warm'],
            wrong: `warm is ${warm}, more than max, which is ${max}`,
            remedy: `lower warm to at most ${max}, or raise max`,
          },
        ]
      : [],
  );

/** Idle instances beyond the plan's concurrency could never get a job. */
export const warmFitsConcurrency: Rule = (config) =>
  Object.keys(config.accounts ?? {}).flatMap((name) => {
    const concurrency = lookUp(config.accounts, name)?.concurrency;
    if (concurrency === undefined) return [];
    const fleets = (config.fleets ?? []).filter((fleet) => fleet?.account === name);
    const warm = fleets.reduce((sum, fleet) => sum + (fleet?.warm ?? 0), 0);
    if (warm <= concurrency) return [];
    return [
      {
        path: ['accounts', name, 'concurrency'],
        wrong: `the fleets of account ${show(name)} keep ${warm} instances warm, but its plan runs only ${concurrency} jobs at once`,
        remedy: `lower their warm to ${concurrency} in sum, or correct concurrency`,
      },
    ];
  });

/** IAM allows 64 characters in the name of a role, the shortest limit of all names. */
export const namesFitAws: Rule = (config) =>
  eachFleet(config, ({ name }, path: Path) => {
    const role = name === undefined ? '' : instanceRoleName(config.environment, name);
    if (role.length <= 64) return [];
    return [
      {
        path: [...path, 'name'],
        wrong: `its role ${role} has ${role.length} characters, IAM allows 64`,
        remedy: `shorten the name of the fleet or of the environment by ${role.length - 64}`,
      },
    ];
  });
