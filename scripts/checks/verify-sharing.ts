import type { Config } from '../../config/schema';
import { ExpectedError } from '../expected-error';

/** EC2 shares no image whose disk is encrypted with the key that AWS manages; ours are encrypted always. */
export function verifySharing({ environment, images, organization }: Config, image: string): string {
  const shareWith = images[image]?.shareWith ?? [];
  if (shareWith.length === 0) return 'with nobody';
  if (organization.kmsKeyArn) return `with ${shareWith.join(', ')}`;
  throw new ExpectedError(
    `config/${environment}.yaml shares image ${image} with ${shareWith.join(', ')}, but names no key: an image that is encrypted with the key of AWS cannot be shared. Name one in organization.kmsKeyArn whose policy lets these accounts use it.`,
  );
}
