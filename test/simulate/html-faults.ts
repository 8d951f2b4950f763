/** What is wrong with a page: elements that are not closed in their order, and values that are none. */

/** Elements without an end. */
const VOID = new Set(['meta', 'br', 'hr', 'img', 'input', 'link']);
const TAG = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>/g;

export function findFaults(page: string): string[] {
  const faults: string[] = [];
  const open: string[] = [];
  const body = page.replace(/^<!doctype html>/i, '').replace(/<style[^>]*>[\s\S]*?<\/style>/g, '');
  for (const [, isEnd, name = '', , isEmpty] of body.matchAll(TAG)) {
    if (isEmpty || VOID.has(name)) continue;
    if (!isEnd) open.push(name);
    else if (open.pop() !== name) faults.push(`</${name}> ends something else`);
  }
  faults.push(...open.map((name) => `<${name}> has no end`));
  // What is left without its tags is text: a < in it was not escaped.
  const text = body.replace(TAG, ' ');
  faults.push(...(text.match(/<.{0,20}/g) ?? []).map((found) => `"${found}" is no element`));
  faults.push(...(body.match(/.{0,20}\b(NaN|undefined|Infinity|null|\[object Object\])\b.{0,20}/g) ?? []));
  return faults;
}
