/** JSON web tokens with RS256, the one algorithm that GitHub signs with and takes. */
import { createHash, type KeyObject, sign, verify } from 'node:crypto';

type Claims = Record<string, unknown>;

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

export function signJwt(claims: Claims, key: KeyObject, header: Record<string, string> = {}): string {
  const signed = `${encode({ alg: 'RS256', typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}

/** Its claims; null when it is no such token, or of another key. Times are not looked at. */
export function verifyJwt(token: string, key: KeyObject): Claims | null {
  const [header = '', claims = '', signature = '', ...more] = token.split('.');
  try {
    const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as { alg?: unknown };
    const bytes = Buffer.from(signature, 'base64url');
    if (more.length > 0 || alg !== 'RS256') return null;
    if (!verify('sha256', Buffer.from(`${header}.${claims}`), key, bytes)) return null;
    return JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as Claims;
  } catch {
    return null;
  }
}

export const keyIdOf = (key: KeyObject): string =>
  createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 40)
    .toUpperCase();
