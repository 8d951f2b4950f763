/** What a local bake is asked for. */
import type { ImageConfig } from '../../config/schema';

export interface BakeRequest {
  environment: string;
  /** Key of `images` in the config, and what it says. */
  image: string;
  definition: Pick<ImageConfig, 'architecture' | 'agents' | 'toolchains'>;
  /** Folder of packer/ and provision/; default: this project. */
  source?: string;
  /** Folder for base, caches and images; default: .muster of this project. */
  stateDir?: string;
  /** What the image says that it was baked from; default: the commit of this project. */
  commit?: string;
  /** Lines that replace some of provision/pins.env; default: none. */
  pins?: string;
  /** HTTP proxy for the bake; the environment's http_proxy by default. */
  proxy?: string;
  /** Ends the bake. */
  signal?: AbortSignal;
  onLog: (line: string) => void;
}
