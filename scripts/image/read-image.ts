import type { Config } from '../../config/schema';
import type { Inventory } from '../../lambda/housekeeper/core/images';
import { readInventory } from '../../lambda/housekeeper/images/read-inventory';
import type { ImageSettings } from '../../lambda/housekeeper/settings';
import { toHousekeeperSettings } from '../../stacks/control/to-housekeeper-settings';
import type { ImageClients } from './clients';

export interface ImageState {
  settings: ImageSettings;
  inventory: Inventory;
}

/** The AMIs of an image and what needs them, as the housekeeper sees them. */
export async function readImage(
  clients: Pick<ImageClients, 'ec2' | 'ssm'>,
  config: Config,
  image: string,
): Promise<ImageState> {
  const { environment, region, images } = toHousekeeperSettings(config);
  const settings = images.find(({ name }) => name === image);
  if (!settings) throw new Error(`image ${image} vanished`);
  return { settings, inventory: await readInventory(clients, { environment, region }, settings) };
}
