import { PRICES_AS_OF } from '../../../config/prices';
import { showPrice } from '../../../scripts/simulate/show-price';

const FLEET = { instanceTypes: ['m7i.large', 'm6i.large'] };

test('a price of the list is told with its type, region and date', () => {
  const shown = showPrice(0.1008, { prices: {} }, FLEET, undefined);
  for (const part of ['$0.1008', 'm7i.large', 'us-east-1', PRICES_AS_OF]) expect(shown).toContain(part);
});

test.each<[whose: string, prices: Record<string, number>, price: number | undefined]>([
  ['the config', { 'm7i.large': 0.07 }, undefined],
  ['the operator', {}, 0.07],
  ['the operator, before the config,', { 'm7i.large': 0.09 }, 0.07],
])('a price of %s is of no region and no date', (_, prices, price) => {
  const shown = showPrice(0.07, { prices }, FLEET, price);
  expect(shown).toContain('$0.07');
  expect(shown).not.toContain('us-east-1');
  expect(shown).not.toContain(PRICES_AS_OF);
});

test('the config may have prices of other types', () => {
  expect(showPrice(0.1008, { prices: { 'c7i.large': 1 } }, FLEET, undefined)).toContain(PRICES_AS_OF);
});

test('a price has no more digits than a list of prices has', () => {
  expect(showPrice(0.096 * 24, { prices: {} }, FLEET, undefined)).toContain('$2.304 ');
});
