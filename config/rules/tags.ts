/** Tags can be put on everything that gets them: instances, volumes, roles, and the instance metadata. */
import { TAGS } from '../names';
import { type Path, type Problem, show } from '../problem';
import type { Rule } from './rule';

type Tags = Readonly<Record<string, string | undefined>>;

/** AWS allows 50 on a resource; Muster's own and Name are among them. */
const MOST = 50 - Object.keys(TAGS).length - 1;

export const tagsAreSound: Rule = (config) =>
  sections(config).flatMap(({ tags, path }) =>
    Object.entries(tags).flatMap(([key, value]) => [
      ...checkKey(key, [...path, key]),
      ...(value === undefined ? [] : checkValue(value, [...path, key])),
    ]),
  );

const sections = (config: Parameters<Rule>[0]): { tags: Tags; path: Path }[] => [
  { tags: config.organization?.tags ?? {}, path: ['organization', 'tags'] },
  ...(config.fleets ?? []).map((fleet, index) => ({
    tags: fleet?.tags ?? {},
    path: ['fleets', index, 'tags'],
  })),
  ...(config.githubEcs?.hosts
    ? [{ tags: config.githubEcs.hosts.tags ?? {}, path: ['githubEcs', 'hosts', 'tags'] }]
    : []),
];

function checkKey(key: string, path: Path): Problem[] {
  const say = (wrong: string, remedy: string): Problem[] => [{ path, mark: 'key', wrong, remedy }];
  const reserved = /^(aws|muster):/i.exec(key)?.[1]?.toLowerCase();
  if (reserved) {
    return say(
      `${show(key)} starts with ${reserved}:, which belongs to ${reserved === 'aws' ? 'AWS' : 'Muster'}`,
      'use another key',
    );
  }
  if (key === 'Name') return say('Name is set by Muster, to muster-<environment>-<fleet>', 'use another key');
  if (key === '') return say('a tag key is empty', 'give it a name');
  if (key.length > 128) return say(`${show(key)} has ${key.length} characters, AWS allows 128`, 'shorten it');
  // Instances read their tags from the metadata service, where the key is part of a path; a launch with others fails.
  if (key === '.' || key === '..' || key === '_index') {
    return say(`${show(key)} cannot be a tag key in the instance metadata`, 'use another key');
  }
  if (!/^[A-Za-z0-9+\-=.,_:@]+$/.test(key)) {
    return say(
      `${show(key)} cannot be a tag key in the instance metadata: launches would fail`,
      `use letters, digits and + - = . , _ : @ only, such as ${show(toMetadataKey(key))}`,
    );
  }
  return [];
}

const toMetadataKey = (key: string) =>
  key
    .replaceAll('/', ':')
    .replace(/[^A-Za-z0-9+\-=.,_:@]+/g, '-')
    .slice(0, 60);

function checkValue(value: string, path: Path): Problem[] {
  if (value.length > 256) {
    return [
      { path, wrong: `${show(value)} has ${value.length} characters, AWS allows 256`, remedy: 'shorten it' },
    ];
  }
  if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(value)) {
    return [
      {
        path,
        wrong: `${show(value)} cannot be a tag value`,
        remedy: 'use letters, digits, spaces and _ . : / = + - @ only',
      },
    ];
  }
  return [];
}

/** IAM does not tell CostCenter from costcenter, and a fleet's role gets the tags of both sections. */
export const tagKeysDifferInMoreThanCase: Rule = (config) => {
  const [organization, ...fleets] = sections(config);
  const shared = Object.keys(organization?.tags ?? {});
  const within = (keys: string[], others: string[], path: Path): Problem[] =>
    keys.flatMap((key, index) => {
      const twin = [...others, ...keys.slice(0, index)].find(
        (other) => other !== key && other.toLowerCase() === key.toLowerCase(),
      );
      if (twin === undefined) return [];
      const wrong = `tag ${show(key)} and tag ${show(twin)} are the same for IAM`;
      return [
        { path: [...path, key], mark: 'key', wrong, remedy: `write ${twin} in both places, or remove one` },
      ];
    });
  return [
    ...within(shared, [], ['organization', 'tags']),
    ...fleets.flatMap(({ tags, path }) => within(Object.keys(tags), shared, path)),
  ];
};

export const tagsAreFewEnough: Rule = (config) => {
  const [organization, ...fleets] = sections(config);
  const shared = Object.keys(organization?.tags ?? {});
  if (shared.length > MOST) return [tooMany(['organization', 'tags'], shared.length)];
  return fleets.flatMap(({ tags, path }) => {
    const count = new Set([...shared, ...Object.keys(tags)]).size;
    return count > MOST ? [tooMany(path, count)] : [];
  });
};

const tooMany = (path: Path, count: number): Problem => ({
  path,
  wrong: `${count} tags, with those of the organization: AWS allows 50 on a resource, Muster needs ${50 - MOST} of them`,
  remedy: `use at most ${MOST}`,
});
