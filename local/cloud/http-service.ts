/** The little of HTTP that the local cloud's services share: a request read whole, a table of routes, a reply. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServiceRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
  /** The body as it came: a part of a text may end inside a character. */
  bytes: Buffer;
  /** Who asks, as an IPv4 address. */
  from: string;
  /** What the groups of the route's pattern matched. */
  params: string[];
  /** Aborted when nobody waits for the answer any more. */
  left: AbortSignal;
}

export interface Reply {
  status: number;
  /** A string is sent as text, anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

export type Handler = (request: ServiceRequest) => Reply | Promise<Reply>;
export type Route = [method: string, path: RegExp, handler: Handler];

export interface Service {
  url: string;
  port: number;
  stop: () => Promise<void>;
}

/** A request that does not fit: answered with this status and message, never logged as a fault of the service. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Services that play the people or the power of a cloud serve this host, never a machine and the job on it. */
export function refuseMachines(host: string, request: ServiceRequest): Reply | null {
  if (request.from === host || request.from === '127.0.0.1') return null;
  return { status: 403, body: { message: 'not for machines' } };
}

export function jsonBody(request: ServiceRequest): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(request.body);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    throw new RequestError(400, `the body is not JSON: ${String(cause)}`);
  }
  throw new RequestError(400, 'the body is not a JSON object or array');
}

export async function answerByRoute(routes: Route[], request: ServiceRequest): Promise<Reply> {
  let pathIsKnown = false;
  for (const [method, path, handler] of routes) {
    const match = path.exec(request.path);
    if (!match) continue;
    pathIsKnown = true;
    if (method === request.method) return handler({ ...request, params: match.slice(1) });
  }
  return pathIsKnown
    ? { status: 405, body: { message: `${request.method} is not allowed here` } }
    : { status: 404, body: { message: `no such path: ${request.path}` } };
}

async function readRequest(incoming: IncomingMessage, left: AbortSignal): Promise<ServiceRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  const bytes = Buffer.concat(chunks);
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: bytes.toString('utf8'),
    bytes,
    from: (incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    params: [],
    left,
  };
}

async function answer(handle: Handler, incoming: IncomingMessage, left: AbortSignal): Promise<Reply> {
  try {
    return await handle(await readRequest(incoming, left));
  } catch (error) {
    const status = error instanceof RequestError ? error.status : 500;
    return { status, body: { message: error instanceof Error ? error.message : String(error) } };
  }
}

/** Serves until `stop`. Port 0 takes a free one. */
export async function startService(host: string, port: number, handle: Handler): Promise<Service> {
  const server: Server = createServer((incoming, outgoing) => {
    const left = new AbortController();
    outgoing.once('close', () => left.abort());
    void answer(handle, incoming, left.signal).then(({ status, body, headers }) => {
      const isText = typeof body === 'string';
      const payload = body === undefined ? '' : isText ? body : JSON.stringify(body);
      const type = isText ? 'text/plain' : 'application/json';
      outgoing.writeHead(status, { 'content-type': type, ...headers }).end(payload);
    });
  });
  // Clients end idle connections, not we: a server's own limit (Node: 5 s) cuts a request off that comes just then.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const actual = (server.address() as AddressInfo).port;
  return {
    url: `http://${host}:${actual}`,
    port: actual,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
