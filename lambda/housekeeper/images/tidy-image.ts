import { chooseImages } from '../core/choose-images';
import type { Choice } from '../core/images';
import type { ImageSettings, ImagesMode, Settings } from '../settings';
import { type ImageClients, readInventory } from './read-inventory';
import { type Removed, removeImages } from './remove-images';

export interface ImageTidied extends Choice, Removed {
  image: string;
  unread: readonly string[];
}

/** Reads, chooses and, unless it is a dry run, removes: one image. */
export async function tidyImage(
  clients: ImageClients,
  place: Pick<Settings, 'environment' | 'region'>,
  image: ImageSettings,
  { now, mode }: { now: number; mode: ImagesMode },
): Promise<ImageTidied> {
  const inventory = await readInventory(clients, place, image);
  const choice = chooseImages({ inventory, now, keep: image.keep });
  const removed = mode === 'delete' ? await removeImages(clients.ec2, choice) : { done: [], failures: [] };
  return { image: image.name, unread: inventory.unread, ...choice, ...removed };
}
