import type { Config, FleetConfig } from './schema';

/**
 * On-demand prices of Linux in us-east-1, dollars an hour of the size `large`. Within a family the price follows the size.
 * From https://aws.amazon.com/ec2/pricing/on-demand/ as many public tables repeat them, last compared 2026-11; other regions
 * cost up to 30 % more. What you pay is yours to say: `prices` in the config ({"m7i.large": 0.12}).
 */
export const PRICES_AS_OF = '2026-11';

const LARGE: Record<string, number> = {
  m5: 0.096,
  m5a: 0.086,
  m6a: 0.0864,
  m6g: 0.077,
  m6i: 0.096,
  m7a: 0.11592,
  m7g: 0.0816,
  m7i: 0.1008,
  c5: 0.085,
  c6a: 0.0765,
  c6g: 0.068,
  c6i: 0.085,
  c7a: 0.10264,
  c7g: 0.0725,
  c7i: 0.08925,
  r6g: 0.1008,
  r6i: 0.126,
  r7g: 0.1071,
  r7i: 0.1323,
  t3: 0.0832,
  t3a: 0.0752,
  t4g: 0.0672,
};

/** What a spot instance costs of an on-demand one: AWS says up to 90 % less; two thirds less is usual. */
export const SPOT_SHARE = 0.35;

/** In sizes of `large`. */
function toSize(size: string): number | undefined {
  if (size === 'medium') return 0.5;
  if (size === 'large') return 1;
  const [, count] = /^(\d*)xlarge$/.exec(size) ?? [];
  return count === undefined ? undefined : 2 * Number(count || 1);
}

/** Dollars an hour; undefined for a type that is not in the table. */
export function toPrice(
  instanceType: string,
  own: Readonly<Record<string, number>> = {},
): number | undefined {
  if (own[instanceType] !== undefined) return own[instanceType];
  const [family = '', size = ''] = instanceType.split('.');
  const large = LARGE[family];
  const sizes = toSize(size);
  return large === undefined || sizes === undefined ? undefined : large * sizes;
}

export interface Price {
  /** Dollars an hour. */
  onDemand: number;
  spot: number;
}

/** Of the fleet's first type, which is launched as long as AWS has it; the others are alternatives of about one price. */
export function toFleetPrice(
  { prices }: Pick<Config, 'prices'>,
  { instanceTypes: [type = ''] }: Pick<FleetConfig, 'instanceTypes'>,
): Price | undefined {
  const onDemand = toPrice(type, prices);
  return onDemand === undefined ? undefined : { onDemand, spot: onDemand * SPOT_SHARE };
}
