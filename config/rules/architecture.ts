/** Instance types run the image's architecture. */
import { show } from '../problem';
import type { ImageConfig } from '../schema';
import { eachFleet, imageOf, type Rule } from './rule';

export type Architecture = ImageConfig['architecture'] | 'mac';

/**
 * Graviton families have a g among the letters after the generation: m7g, c7gn, im4gn, x2gd, t4g, hpc7g. Exceptions:
 * a1 is Graviton without a g; in the g families the g stands before the generation and means GPU, but g5g is a
 * Graviton with one. `-` ends the letters: p6e-gb200 has a Grace CPU, which is arm64 too.
 * Source: "Amazon EC2 instance type naming conventions", EC2 instance types guide.
 */
export function architectureOf(instanceType: string): Architecture {
  const family = instanceType.split('.')[0] ?? '';
  if (family.startsWith('mac')) return 'mac';
  if (family === 'a1' || /-gb\d+$/.test(family)) return 'arm64';
  const letters = /^[a-z]+(?:-[a-z]*)?\d+([a-z]*)/.exec(family)?.[1] ?? '';
  return letters.includes('g') ? 'arm64' : 'x86_64';
}

export const instanceTypesFitTheImage: Rule = (config) =>
  eachFleet(config, (fleet, path) => {
    const architecture = imageOf(config, fleet)?.architecture;
    if (!architecture) return [];
    return (fleet.instanceTypes ?? []).flatMap((type, index) => {
      if (type === undefined || architectureOf(type) === architecture) return [];
      const at = [...path, 'instanceTypes', index];
      if (architectureOf(type) === 'mac') {
        return [
          { path: at, wrong: `${type} is a Mac`, remedy: 'use a Linux type: Muster does not run macOS' },
        ];
      }
      return [
        {
          path: at,
          wrong: `${type} is ${architectureOf(type)}, but image ${show(fleet.image)} is ${architecture}`,
          remedy: `use a type of ${architecture} (such as ${architecture === 'arm64' ? 'm7g.large' : 'm7i.large'}), or an image of ${architectureOf(type)}`,
        },
      ];
    });
  });

export const instanceTypesDiffer: Rule = (config) =>
  eachFleet(config, (fleet, path) =>
    (fleet.instanceTypes ?? []).flatMap((type, index, all) =>
      type !== undefined && all.indexOf(type) < index
        ? [{ path: [...path, 'instanceTypes', index], wrong: `${type} is there twice`, remedy: 'remove one' }]
        : [],
    ),
  );
