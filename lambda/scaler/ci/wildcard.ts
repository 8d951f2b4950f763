/** In patterns of GitLab's refs and of Nomad's datacenters only * is special, and stands for any text, also for none and for slashes. */
export function matches(pattern: string, text: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first)) return false;
  // Not a regular expression: patterns are foreign text, and some of these take for ever.
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
