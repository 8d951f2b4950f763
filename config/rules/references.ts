/** What a fleet names exists and fits it. */
import { offer } from '../closest';
import { DEBIAN } from '../fields/image';
import { type Problem, show } from '../problem';
import { accountOf, eachFleet, imageOf, type Rule } from './rule';

export const imagesAreKnown: Rule = (config) =>
  eachFleet(config, (fleet, path) =>
    isUnknown(config.images, fleet.image)
      ? [unknown([...path, 'image'], 'image', fleet.image, Object.keys(config.images ?? {}))]
      : [],
  );

export const accountsAreKnown: Rule = (config) =>
  eachFleet(config, (fleet, path) =>
    isUnknown(config.accounts, fleet.account)
      ? [unknown([...path, 'account'], 'account', fleet.account, Object.keys(config.accounts ?? {}))]
      : [],
  );

const isUnknown = (map: object | undefined, key: string | undefined) =>
  map !== undefined && key !== undefined && !Object.hasOwn(map, key);

const unknown = (path: Problem['path'], kind: string, seen: unknown, known: string[]): Problem => ({
  path,
  wrong: `there is no ${kind} ${show(seen)}`,
  remedy: known.length > 0 ? offer(seen, known) : `define it under ${kind}s`,
});

export const imagesHaveTheAgent: Rule = (config) =>
  eachFleet(config, (fleet, path) => {
    const image = imageOf(config, fleet);
    const ci = accountOf(config, fleet)?.ci;
    // An agent that the schema refused could be the one.
    if (!image?.agents || !ci || ci === 'github') return [];
    if (image.agents.includes(undefined) || image.agents.includes(ci)) return [];
    return [
      {
        path: [...path, 'image'],
        wrong: `image ${show(fleet.image)} has no agent of ${ci}, the CI of account ${show(fleet.account)}`,
        remedy: `add ${ci} to images.${fleet.image}.agents and bake it again, or use another image`,
      },
    ];
  });

export const imagesHaveDocker: Rule = (config) =>
  eachFleet(config, (fleet, path) => {
    const toolchains = imageOf(config, fleet)?.toolchains;
    if (!fleet.docker || fleet.docker === 'none' || !toolchains) return [];
    if (toolchains.includes('docker') || toolchains.includes(undefined)) return [];
    return [
      {
        path: [...path, 'docker'],
        wrong: `docker is ${fleet.docker}, but image ${show(fleet.image)} has no docker`,
        remedy: `add docker to images.${fleet.image}.toolchains and bake it again, or set docker: none`,
      },
    ];
  });

export const disksHoldTheImage: Rule = (config) =>
  eachFleet(config, (fleet, path) => {
    const least = imageOf(config, fleet)?.diskGb;
    if (fleet.diskGb === undefined || least === undefined || fleet.diskGb >= least) return [];
    return [
      {
        path: [...path, 'diskGb'],
        wrong: `${fleet.diskGb} GB is less than the disk of image ${show(fleet.image)}, ${least} GB`,
        remedy: `use at least ${least}, or lower images.${fleet.image}.diskGb and bake it again`,
      },
    ];
  });

/** Somebody who changes the name and leaves the owner bakes nothing: no such image is found. */
export const basesAreOfTheirOwner: Rule = (config) =>
  Object.entries(config.images ?? {}).flatMap(([name, image]) => {
    const { owner, name: filter } = image?.base ?? {};
    if (owner !== DEBIAN || filter === undefined || filter.startsWith('debian-')) return [];
    return [
      {
        path: ['images', name, 'base', 'name'],
        wrong: `the owner is Debian (${DEBIAN}), which publishes no image named ${show(filter)}`,
        remedy: 'set base.owner to the account that publishes it',
      },
    ];
  });
