import type { ImageConfig } from '../../config/schema';

/** What bakes an image and proves it: two cores, 8 GB, to be had in every region. */
const TYPES: Record<ImageConfig['architecture'], string> = { x86_64: 'm7i.large', arm64: 'm7g.large' };

export const toBuilderType = (architecture: ImageConfig['architecture']): string => TYPES[architecture];
