/** Fleets of Nomad are what Nomad's clients can be. */
import { type Path, type Problem, show } from '../problem';
import type { Draft } from '../salvage';
import type { NomadConfig } from '../schema';
import { findRepeated } from './repeated';
import { accountOf, eachFleet, type FleetDraft, type Rule } from './rule';

const eachNomad =
  (check: (fleet: FleetDraft, nomad: Draft<NomadConfig>, path: Path) => Problem[]): Rule =>
  (config) =>
    eachFleet(config, (fleet, path) =>
      fleet.nomad && (accountOf(config, fleet)?.ci ?? 'nomad') === 'nomad'
        ? check(fleet, fleet.nomad, path)
        : [],
    );

/** A client takes what the scheduler gives it, until it is drained. */
export const nomadServesManyJobs: Rule = eachNomad(({ serves }, _nomad, path) =>
  serves === 'one-job'
    ? [
        {
          path: [...path, 'serves'],
          wrong: "serves is one-job, but Nomad's client takes what the scheduler places on it",
          remedy: 'set serves: many-jobs',
        },
      ]
    : [],
);

/** Nomad gives containers control groups of its own, which a rootless daemon may not join. */
export const nomadHasNoRootlessDocker: Rule = eachNomad(({ docker }, _nomad, path) =>
  docker === 'rootless'
    ? [
        {
          path: [...path, 'docker'],
          wrong: "docker is rootless, but Nomad's docker driver needs a daemon that runs as root",
          remedy:
            'set docker: rootful (containers of allocations are root: one trust level per fleet), or none',
        },
      ]
    : [],
);

export const nomadPoolsCanHaveNodes: Rule = eachNomad((_fleet, { nodePool }, path) =>
  nodePool === 'all'
    ? [
        {
          path: [...path, 'nomad', 'nodePool'],
          wrong: '"all" is the pool of every node at Nomad, and no node can be put into it',
          remedy: 'use default, or a pool of its own (nomad node pool apply)',
        },
      ]
    : [],
);

/** A namespace that is named twice would be counted twice. Nomad tells Builds from builds. */
export const nomadNamespacesDiffer: Rule = eachNomad((_fleet, { namespaces = [] }, path) =>
  findRepeated(namespaces, (name, index) => ({
    path: [...path, 'nomad', 'namespaces', index],
    wrong: `${name} is there twice`,
    remedy: 'remove one',
  })),
);

/** Two fleets that follow the same pool would each launch for every job. */
export const nomadPoolsDiffer: Rule = (config) =>
  findRepeated(
    (config.fleets ?? []).map((fleet) => {
      const account = fleet && accountOf(config, fleet);
      if (!fleet?.nomad || account?.ci !== 'nomad' || !account.baseUrl || fleet.nomad.demand !== 'queue')
        return undefined;
      const { datacenter, nodePool } = fleet.nomad;
      // Servers of one region answer for the others too.
      const { region } = account;
      return region === undefined || datacenter === undefined || nodePool === undefined
        ? undefined
        : `${account.baseUrl.toLowerCase()} ${region} ${datacenter} ${nodePool}`;
    }),
    (_pool, index, first) => {
      const { datacenter, nodePool } = config.fleets?.[index]?.nomad ?? {};
      return {
        path: ['fleets', index, 'nomad', 'nodePool'],
        wrong: `node pool ${nodePool} of datacenter ${datacenter} is that of fleets[${first}] (${config.fleets?.[first]?.name ?? '?'}) already: each would launch for the jobs of both`,
        remedy: 'give each fleet a node pool of its own, or one of them demand: none',
      };
    },
  );

/** Without demand, `warm` is all that a fleet ever launches. */
export const fixedSizesAreSizes: Rule = eachNomad(({ warm }, { demand }, path) =>
  demand === 'none' && warm === 0
    ? [
        {
          path: [...path, 'warm'],
          wrong: 'demand is none and warm is 0, so the fleet would never have an instance',
          remedy: 'set warm to the size that it shall have, or demand: queue',
        },
      ]
    : [],
);

/** The paths of Nomad's API are ours to add. */
export const nomadAddressesHaveNoApi: Rule = (config) =>
  Object.entries(config.accounts ?? {}).flatMap(([name, account]) => {
    const api = account?.ci === 'nomad' ? /\/(v\d+|ui)(\/.*)?$/.exec(account.baseUrl ?? '')?.[0] : undefined;
    if (api === undefined) return [];
    return [
      {
        path: ['accounts', name, 'baseUrl'],
        wrong: `${show(account?.baseUrl)} is an address within Nomad`,
        remedy: `use the address of Nomad itself, without ${api}`,
      },
    ];
  });
