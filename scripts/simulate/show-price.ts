/** What an hour of an instance costs, and who says so. */
import { PRICES_AS_OF } from '../../config/prices';
import type { Config, FleetConfig } from '../../config/schema';

/**
 * @param onDemand dollars an hour
 * @param price the operator's own, if there is one
 */
export function showPrice(
  onDemand: number,
  { prices }: Pick<Config, 'prices'>,
  { instanceTypes: [type = ''] }: Pick<FleetConfig, 'instanceTypes'>,
  price: number | undefined,
): string {
  // A price by size is a product: 0.096 × 24 has seventeen digits.
  const dollars = `$${Number(onDemand.toPrecision(6))} an hour`;
  if (price !== undefined) return dollars;
  const source = prices[type] === undefined ? `on demand, us-east-1, ${PRICES_AS_OF}` : 'as the config says';
  return `${dollars} (${type}, ${source})`;
}
