/** Single requests that go wrong, so many times: what an outage is too coarse for. */
import { type Handler, type Reply, RequestError } from '../../cloud/http-service';

export interface Fault {
  method: string | null;
  /** Start of the path. */
  path: string;
  /** A status to answer with, or `hang`: never. */
  status: number | 'hang';
  /** How often; it is gone afterwards. */
  times: number;
  /** What was asked is done all the same: only its answer is lost. */
  isDone: boolean;
  body: unknown;
  headers: Record<string, string>;
}

/** What GitHub says with a status, unless the one who plays it says more. */
const MESSAGES: Record<number, string> = {
  401: 'Bad credentials',
  403: 'Resource not accessible by integration',
  404: 'Not Found',
  409: 'Already exists - A runner with the name *** already exists.',
  422: 'Validation Failed',
  429: 'You have exceeded a secondary rate limit.',
  500: 'Server Error',
  502: 'Server Error',
  503: 'Service unavailable',
};

export function toFault(value: Record<string, unknown>): Fault {
  const { method, path, status, times, isDone, body, headers } = value;
  if (typeof path !== 'string' || !path.startsWith('/'))
    throw new RequestError(400, `path is ${JSON.stringify(path)}: use the start of a path`);
  if (status !== 'hang' && typeof status !== 'number')
    throw new RequestError(400, `status is ${JSON.stringify(status)}: use a number or "hang"`);
  return {
    method: typeof method === 'string' ? method : null,
    path,
    status,
    times: typeof times === 'number' ? times : 1,
    isDone: isDone === true,
    body: body ?? {
      message: MESSAGES[Number(status)] ?? 'played fault',
      documentation_url: 'https://docs.github.com/rest',
    },
    headers: (headers as Record<string, string> | undefined) ?? {},
  };
}

/** Wraps what answers: the first fault that fits goes first. */
export const withFaults =
  (held: { faults: Fault[] }, handler: Handler): Handler =>
  async (request) => {
    const fault = held.faults.find(
      ({ method, path }) => (method ?? request.method) === request.method && request.path.startsWith(path),
    );
    if (!fault) return handler(request);
    fault.times -= 1;
    if (fault.times <= 0) held.faults = held.faults.filter((one) => one !== fault);
    if (fault.isDone) await handler(request);
    if (fault.status === 'hang') return new Promise<Reply>(() => {});
    return { status: fault.status, body: fault.body, headers: fault.headers };
  };
