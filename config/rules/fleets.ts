/** Fleets do not contradict themselves or each other. */
import { instanceLogGroup, instanceRoleName, smokeLogGroup } from '../names';
import { type Path, show } from '../problem';
import { findRepeated } from './repeated';
import { accountOf, eachFleet, type Rule } from './rule';

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
      if (!fleet?.resourceClass || account?.ci !== 'circleci' || !account.baseUrl) return undefined;
      // Two accounts with one address see the same queues.
      return `${account.baseUrl.toLowerCase()} ${fleet.resourceClass.toLowerCase()}`;
    }),
    (_queue, index, first) => ({
      path: ['fleets', index, 'resourceClass'],
      wrong: `resource class ${show(config.fleets?.[index]?.resourceClass)} is served by fleets[${first}] (${config.fleets?.[first]?.name ?? '?'}) already`,
      remedy:
        'make one fleet of the two, with several instanceTypes if need be, or give it a class of its own',
    }),
  );

/** IAM allows 64 characters in the name of a role, the shortest limit of all names. */
/** Names of resources are made of it: one that Muster has itself cannot be made twice. */
export const fleetNamesAreFree: Rule = (config) =>
  eachFleet(config, ({ name }, path: Path) =>
    name !== undefined && instanceLogGroup(config.environment, name) === smokeLogGroup(config.environment)
      ? [
          {
            path: [...path, 'name'],
            wrong: `${show(name)} is taken: the log group ${smokeLogGroup(config.environment)} holds what new images say when they are proved`,
            remedy: 'give the fleet another name',
          },
        ]
      : [],
  );

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
