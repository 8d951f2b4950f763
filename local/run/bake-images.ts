/** The images that the fleets of a run need, baked unless their inputs are as before. */
import { toGroups } from '../../config/groups';
import type { Config } from '../../config/schema';
import { bakeImage } from '../machines/bake';
import type { BakedImage } from './bring-up';
import type { Steps } from './steps';

interface Ports {
  steps: Steps;
  signal: AbortSignal;
  print: (line: string) => void;
}

export async function bakeImages(config: Config, { steps, signal, print }: Ports): Promise<BakedImage[]> {
  const { environment } = config;
  const needed = new Set(toGroups(config).map(({ image }) => image));
  const baked: BakedImage[] = [];
  for (const [image, definition] of Object.entries(config.images)) {
    if (!needed.has(image)) continue;
    const { rootfs, hash } = await steps.run(
      `Bake image ${image} with Packer, unless its inputs are as before`,
      () => bakeImage({ environment, image, definition, signal, onLog: (line) => print(`  ${line}`) }),
    );
    baked.push({ image, rootfs, hash });
  }
  return baked;
}
