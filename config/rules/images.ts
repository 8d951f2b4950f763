/** Images can be shared and copied as asked. */
import { type Path, type Problem, show } from '../problem';
import { findRepeated } from './repeated';
import type { ImageDraft, Rule, Subject } from './rule';

const eachImage = (config: Subject, check: (image: ImageDraft, path: Path, name: string) => Problem[]) =>
  Object.entries(config.images ?? {}).flatMap(([name, image]) =>
    image ? check(image, ['images', name], name) : [],
  );

/** An image that is encrypted with the AWS managed key cannot be opened by another account. */
export const sharedImagesHaveAKey: Rule = (config) =>
  eachImage(config, ({ shareWith }, path) => {
    // A key that the schema refused is there, too.
    const hasKey = !config.organization || 'kmsKeyArn' in config.organization;
    if (!shareWith?.length || hasKey) return [];
    return [
      {
        path: [...path, 'shareWith'],
        wrong: 'images are encrypted with the key of AWS, which no other account may use',
        remedy:
          'set organization.kmsKeyArn to a key whose policy lets these accounts decrypt, or share with none',
      },
    ];
  });

export const imagesAreSharedWithOthers: Rule = (config) =>
  eachImage(config, ({ shareWith }, path) => [
    ...(shareWith ?? []).flatMap((account, index) =>
      account !== undefined && account === config.aws?.accountId
        ? [
            {
              path: [...path, 'shareWith', index],
              wrong: `${account} is the account that the image is baked in`,
              remedy: 'remove it',
            },
          ]
        : [],
    ),
    ...differ(shareWith, [...path, 'shareWith']),
  ]);

export const imagesAreCopiedElsewhere: Rule = (config) =>
  eachImage(config, ({ copyTo }, path) => [
    ...(copyTo ?? []).flatMap((region, index) =>
      region !== undefined && region === config.aws?.region
        ? [
            {
              path: [...path, 'copyTo', index],
              wrong: `${show(region)} is the region that the image is baked in`,
              remedy: 'remove it',
            },
          ]
        : [],
    ),
    ...differ(copyTo, [...path, 'copyTo']),
  ]);

const differ = (values: readonly (string | undefined)[] | undefined, path: Path): Problem[] =>
  findRepeated(values ?? [], (value, index) => ({
    path: [...path, index],
    wrong: `${value} is there twice`,
    remedy: 'remove one',
  }));
