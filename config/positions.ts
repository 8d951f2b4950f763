/** Where in a YAML document a path lies. */
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { Path } from './problem';

/** Offset of the value (or key) at the path; when it is not there, of the nearest thing above it that is. */
export function findOffset(document: Document, path: Path, mark: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, part] of path.entries()) {
    const found = findChild(document, node, part);
    if (found === undefined) return offset;
    const last = index === path.length - 1;
    const { key, value } = found;
    // Above the end of the path the key is the better place: a missing field is shown at its parent's name.
    offset =
      (last && mark === 'value' ? (startOf(value) ?? startOf(key)) : (startOf(key) ?? startOf(value))) ??
      offset;
    node = value;
  }
  return offset;
}

const startOf = (node: unknown): number | undefined => (isNode(node) ? node.range?.[0] : undefined);

function findChild(document: Document, node: unknown, part: string | number): Pair | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  if (isSeq(target)) {
    const value = target.items[Number(part)];
    return value === undefined ? undefined : ({ key: null, value } as Pair);
  }
  if (!isMap(target)) return undefined;
  const pairs = target.items as Pair[];
  const own = pairs.find(({ key }) => isScalar(key) && String(key.value) === String(part));
  if (own) return own;
  // `<<: *defaults` brings the keys of another map.
  for (const { key, value } of pairs) {
    if (!(isScalar(key) && (key.value === '<<' || typeof key.value === 'symbol'))) continue;
    for (const source of isSeq(value) ? (value.items as Node[]) : [value]) {
      const merged = findChild(document, source, part);
      if (merged) return merged;
    }
  }
  return undefined;
}
