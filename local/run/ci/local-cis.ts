/** The stand-ins of one run, and which fleet belongs to which. */
import type { Config, FleetConfig, QueueAccount } from '../../../config/schema';
import type { Cloud } from '../../cloud';
import { makeCircleci } from './circleci';
import { makeGitlab } from './gitlab';
import type { LocalCi } from './local-ci';
import { makeNomad } from './nomad';

export type CiName = QueueAccount['ci'];
/** Base URLs as this process reaches the stand-ins. */
export type CiUrls = Record<CiName, string>;

export const toCiUrls = ({
  ciUrl,
  gitlabUrl,
  nomadUrl,
}: Pick<Cloud, 'ciUrl' | 'gitlabUrl' | 'nomadUrl'>): CiUrls => ({
  circleci: ciUrl,
  gitlab: gitlabUrl,
  nomad: nomadUrl,
});

const MAKERS: Record<CiName, (url: string, fleets: FleetConfig[]) => LocalCi> = {
  circleci: makeCircleci,
  gitlab: makeGitlab,
  nomad: makeNomad,
};

/** All that there are, as one. */
export interface LocalCis extends Omit<LocalCi, 'newRunnerToken'> {
  of(fleet: FleetConfig): LocalCi;
}

export function makeLocalCis({ accounts, fleets }: Config, urls: CiUrls): LocalCis {
  const ciOf = ({ name, account }: FleetConfig): CiName => {
    const ci = accounts[account]?.ci;
    if (!ci) throw new Error(`Fleet "${name}" names account "${account}", which is not in the config.`);
    if (ci === 'github') throw new Error(`Fleet "${name}" names account "${account}", which has no queue.`);
    return ci;
  };
  const used = [...new Set(fleets.map(ciOf))];
  const stands = new Map(used.map((ci) => [ci, MAKERS[ci](urls[ci], fleets)]));
  const of = (fleet: FleetConfig): LocalCi => {
    const stand = stands.get(ciOf(fleet));
    if (!stand) throw new Error(`Fleet "${fleet.name}" is not of this run.`);
    return stand;
  };
  const all = async <Answer>(each: (stand: LocalCi) => Promise<Answer[]>) =>
    (await Promise.all([...stands.values()].map(each))).flat();
  return {
    of,
    async publish(tokens) {
      await Promise.all(
        [...stands].map(([ci, stand]) => stand.publish(tokens.filter(({ fleet }) => ciOf(fleet) === ci))),
      );
    },
    enqueue: (fleet, tasks) => of(fleet).enqueue(fleet, tasks),
    readJobs: () => all((stand) => stand.readJobs()),
    readLeftovers: () => all((stand) => stand.readLeftovers()),
  };
}
