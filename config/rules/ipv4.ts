/** IPv4 ranges as numbers. */
export interface Range {
  first: number;
  /** Addresses in it: 2^(32 - prefix). */
  size: number;
  prefix: number;
}

/** Undefined when an octet or the prefix is out of bounds. */
export function parseRange(text: string): (Range & { address: number }) | undefined {
  const numbers = text.split(/[./]/).map(Number);
  const prefix = numbers[4] ?? -1;
  const octets = numbers.slice(0, 4);
  if (octets.length !== 4 || octets.some((octet) => !(octet >= 0 && octet <= 255))) return undefined;
  if (!(prefix >= 0 && prefix <= 32)) return undefined;
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - prefix);
  return { address, first: address - (address % size), size, prefix };
}

export const toAddress = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

export const overlap = (a: Range, b: Range): boolean =>
  a.first < b.first + b.size && b.first < a.first + a.size;
