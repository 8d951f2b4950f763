/** Fleets do not contradict themselves or each other. */
import { CONTAINER_HOSTS, instanceLogGroup, instanceRoleName, runnerLogGroup, smokeLogGroup } from '../names';
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

/** Names of resources are made of it: one that Muster has itself cannot be made twice. */
export const fleetNamesAreFree: Rule = ({ environment, ...config }) => {
  const smoke = smokeLogGroup(environment);
  const runners = runnerLogGroup(environment);
  const groups = new Map([
    [smoke, `the log group ${smoke} holds what new images say when they are proved`],
    ...('githubEcs' in config
      ? ([
          [runners, `the log group ${runners} is that of GitHub's runners`],
          [instanceLogGroup(environment, CONTAINER_HOSTS), 'the hosts of githubEcs are called so'],
        ] as const)
      : []),
  ]);
  return eachFleet({ environment, ...config }, ({ name }, path: Path) => {
    const why = name === undefined ? undefined : groups.get(instanceLogGroup(environment, name));
    if (why === undefined) return [];
    const wrong = `${show(name)} is taken: ${why}`;
    return [{ path: [...path, 'name'], wrong, remedy: 'give the fleet another name' }];
  });
};

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
