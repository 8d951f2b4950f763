/** A fault that a stand-in CI plays: it refuses, or takes a request and never answers. */
import { type Reply, RequestError, type ServiceRequest } from '../cloud/http-service';

export interface Outage {
  /** A status to answer with, or `hang`: take the request and never answer. */
  status: number | 'hang';
  /** Only requests whose path starts with this; null: all but the admin side. */
  path: string | null;
}

export function toOutage(value: Record<string, unknown>): Outage | null {
  const { status, path } = value;
  if (status === null || status === undefined) return null;
  if (status !== 'hang' && typeof status !== 'number')
    throw new RequestError(400, `status is ${JSON.stringify(status)}: use a number, "hang" or null`);
  return { status, path: typeof path === 'string' ? path : null };
}

/** What the outage does to this request; null: nothing. */
export function playOutage(outage: Outage | null, request: ServiceRequest): Reply | Promise<Reply> | null {
  if (!outage || (outage.path && !request.path.startsWith(outage.path))) return null;
  if (outage.status === 'hang') return new Promise<Reply>(() => {});
  return { status: outage.status, body: { message: 'played outage' }, headers: { 'retry-after': '1' } };
}
