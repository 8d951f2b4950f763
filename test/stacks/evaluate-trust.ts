/** Whether a token of GitHub would let its bearer assume a role: AWS's rules, as far as trust in web identities goes. */
import type { Body, Synthesized } from './synthesize';

export interface Token {
  /** Issuer, with https://. */
  iss: string;
  aud?: string;
  sub?: string;
}

/** @param role the synthesized aws_iam_role */
export function isTrusted({ stack }: Synthesized, role: Body, token: Token): boolean {
  const { Statement } = JSON.parse(role.assume_role_policy);
  return Statement.some(
    ({ Effect, Principal, Action, Condition }: Body) =>
      Effect === 'Allow' &&
      Action === 'sts:AssumeRoleWithWebIdentity' &&
      toUrl(stack, Principal.Federated) === token.iss &&
      Object.entries<Body>(Condition ?? {}).every(([operator, keys]) =>
        Object.entries<string | string[]>(keys).every(([key, values]) =>
          [values].flat().some((value) => holds(operator, toClaim(token, key), value)),
        ),
      ),
  );
}

/** A key is the issuer without https://, a colon and the claim. */
function toClaim(token: Token, key: string): string | undefined {
  const [, claim] = key.split(`${token.iss.replace('https://', '')}:`);
  return claim === 'aud' || claim === 'sub' ? token[claim] : undefined;
}

/** What the token has not does not match. */
function holds(operator: string, seen: string | undefined, value: string): boolean {
  if (operator === 'StringEquals') return seen === value;
  if (operator !== 'StringLike') throw new Error(`Nobody has said here what ${operator} means.`);
  const pattern = value
    .replace(/[.+^$()|[\]\\{}]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return seen !== undefined && new RegExp(`^${pattern}$`).test(seen);
}

/** Of the provider that a reference such as ${aws_iam_openid_connect_provider.x.arn} means. */
function toUrl(stack: Body, reference: string): string | undefined {
  const [, data, type = '', name = ''] = /^\$\{(data\.)?(\w+)\.([\w-]+)\.arn\}$/.exec(reference) ?? [];
  return (data ? stack.data : stack.resource)[type]?.[name]?.url;
}
