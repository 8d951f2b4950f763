/**
 * What one field alone cannot tell: a rule is a pure function from config to problems; its name says what holds
 * when it finds none. A rule says nothing about what is undefined: that has its own problem already.
 */
import type { Path, Problem } from '../problem';
import type { ConfigDraft, Draft } from '../salvage';
import type { AccountConfig, FleetConfig, ImageConfig } from '../schema';

export interface Subject extends ConfigDraft {
  readonly environment: string;
}
export type Rule = (config: Subject) => Problem[];

export type FleetDraft = Draft<FleetConfig>;
export type ImageDraft = Draft<ImageConfig>;
export type AccountDraft = Draft<AccountConfig>;

export function eachFleet(config: Subject, check: (fleet: FleetDraft, path: Path) => Problem[]): Problem[] {
  return (config.fleets ?? []).flatMap((fleet, index) => (fleet ? check(fleet, ['fleets', index]) : []));
}

/** Own entries only: a fleet may ask for an image named `constructor`. */
export const lookUp = <T>(
  map: Readonly<Record<string, T>> | undefined,
  key: string | undefined,
): T | undefined => (map && key !== undefined && Object.hasOwn(map, key) ? map[key] : undefined);

export const imageOf = (config: Subject, fleet: FleetDraft): ImageDraft | undefined =>
  lookUp(config.images, fleet.image);

export const accountOf = (config: Subject, fleet: FleetDraft): AccountDraft | undefined =>
  lookUp(config.accounts, fleet.account);
