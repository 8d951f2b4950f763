/** ACL: who may ask what. Errors are plain text, as Nomad's are. */
import type { Handler, Reply, ServiceRequest } from '../../cloud/http-service';
import type { AclToken, NomadState } from './state';

const refused: Reply = { status: 403, body: 'Permission denied' };

export type Needs = { node: 'read' | 'write' } | { readJob: true } | { any: true };

/** Wraps a handler: the token must be known, and may do that. */
export const withAcl =
  (state: NomadState, needs: Needs, handler: Handler): Handler =>
  (request) => {
    const sent = request.headers['x-nomad-token'];
    const token = typeof sent === 'string' ? state.tokens.get(sent) : undefined;
    if (!token) return sent ? { status: 403, body: 'ACL token not found' } : refused;
    return may(token, needs, request) ? handler(request) : refused;
  };

function may(token: AclToken, needs: Needs, { query }: ServiceRequest): boolean {
  if ('node' in needs) return token.node === 'write' || token.node === needs.node;
  if (!('readJob' in needs)) return true;
  // Asked for all, it answers what the token may see: nothing, perhaps.
  return maySee(token, query.get('namespace') ?? 'default') || query.get('namespace') === '*';
}

export const maySee = ({ readJob }: AclToken, namespace: string): boolean =>
  readJob.includes('*') || readJob.includes(namespace);

export const tokenOf = (state: NomadState, { headers }: ServiceRequest): AclToken | undefined =>
  state.tokens.get(String(headers['x-nomad-token']));
