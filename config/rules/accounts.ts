/** CI addresses are safe to send a token to, and fit where they are carried. */
import { type Path, type Problem, show } from '../problem';
import type { Rule } from './rule';

export const baseUrlsAreSound: Rule = (config) =>
  Object.entries(config.accounts ?? {}).flatMap(([name, account]) =>
    account?.baseUrl === undefined ? [] : check(account.baseUrl, ['accounts', name, 'baseUrl']),
  );

/** The paths of GitLab's API are ours to add. */
export const gitlabAddressesHaveNoApi: Rule = (config) =>
  Object.entries(config.accounts ?? {}).flatMap(([name, account]) => {
    const api = account?.ci === 'gitlab' ? /\/api(\/v\d+)?\/?$/.exec(account.baseUrl ?? '')?.[0] : undefined;
    if (api === undefined) return [];
    return [
      {
        path: ['accounts', name, 'baseUrl'],
        wrong: `${show(account?.baseUrl)} is the address of GitLab's API`,
        remedy: `use the address of GitLab itself, without ${api}`,
      },
    ];
  });

function check(baseUrl: string, path: Path): Problem[] {
  const url = new URL(baseUrl);
  const say = (wrong: string, remedy: string): Problem => ({ path, wrong, remedy });
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return [say(`${show(baseUrl)} is no web address`, 'use one that starts with https://')];
  }
  const problems: Problem[] = [];
  if (url.protocol === 'http:' && !isPrivate(url.hostname)) {
    problems.push(
      say(`${show(baseUrl)} would carry the tokens unencrypted over the internet`, 'use https://'),
    );
  }
  // The value itself is not repeated: it holds a secret.
  if (url.username || url.password) {
    problems.push(say('it holds credentials', 'remove them: make secrets stores the tokens'));
  }
  if (/[?#]/.test(baseUrl))
    problems.push(say(`${show(strip(url))} is followed by a query or fragment`, 'remove it'));
  if (baseUrl.endsWith('/')) problems.push(say(`${show(strip(url))} ends with a slash`, 'remove the slash'));
  // The boot environment passes it on unquoted.
  if (problems.length === 0 && !/^[\w@%+=:,./-]+$/.test(baseUrl)) {
    problems.push(
      say(`${show(baseUrl)} cannot be passed to instances`, 'use letters, digits and @%+=:,./_- only'),
    );
  }
  return problems;
}

const strip = (url: URL) => `${url.protocol}//${url.host}${url.pathname}`;

/** Hosts that the internet cannot route to: there, plain HTTP is the operator's own affair. */
const isPrivate = (host: string) =>
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|127\.|169\.254\.)[\d.]+$/.test(host) ||
  /^\[(::1|f[cd])/i.test(host) ||
  /(^|\.)(localhost|local|internal|lan|corp|home\.arpa)$/.test(host) ||
  !/[.:]/.test(host);
