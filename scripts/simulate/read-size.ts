/** SIZE: how large the scenarios of `make soak` are. Default: large. */
import type { Size } from '../../simulate/scenario';
import { ExpectedError } from '../expected-error';

export function readSize(text: string | undefined): Size {
  const size = text || 'large';
  if (size === 'small' || size === 'large') return size;
  throw new ExpectedError(`SIZE=${size}: use small or large.`);
}
