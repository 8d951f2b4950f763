/** What `make local` and the tests use to play the people and the faults of a CI. No token: loopback only. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { jsonBody, RequestError, type Route } from '../../cloud/http-service';
import { toWork } from '../job-queue';
import { toOutage } from '../outage';
import type { CiState, ClassOutage, ResourceClass } from './state';

function toJob(value: unknown, logDir: string) {
  const { resourceClass } = value as Record<string, unknown>;
  if (typeof resourceClass !== 'string') throw new RequestError(400, 'a job needs a resourceClass');
  const id = randomUUID();
  return {
    ...toWork(id, value),
    resourceClass,
    logFile: join(logDir, `${id}.log`),
  };
}

function toClassOutage(value: Record<string, unknown>): ClassOutage | null {
  const outage = toOutage(value);
  const { resourceClass } = value;
  return outage && { ...outage, resourceClass: typeof resourceClass === 'string' ? resourceClass : null };
}

export function adminRoutes(state: CiState): Route[] {
  return [
    ['GET', /^\/_local\/jobs$/, () => ({ status: 200, body: state.queue.jobs })],
    [
      'POST',
      /^\/_local\/jobs$/,
      (request) => {
        const jobs = Object.values(jsonBody(request)).map((value) => toJob(value, state.logDir));
        return {
          status: 201,
          body: jobs.map((job) => state.queue.add(job, state.now()).id),
        };
      },
    ],
    [
      'PUT',
      /^\/_local\/classes$/,
      (request) => {
        state.classes = new Map(
          Object.entries(jsonBody(request) as unknown as Record<string, ResourceClass>),
        );
        return { status: 200, body: [...state.classes.keys()] };
      },
    ],
    [
      'PUT',
      /^\/_local\/outage$/,
      (request) => {
        state.outage = toClassOutage(jsonBody(request));
        return { status: 200, body: state.outage ?? {} };
      },
    ],
    [
      'PUT',
      /^\/_local\/hold$/,
      (request) => {
        const { resourceClass, held } = jsonBody(request);
        state.queue.hold(String(resourceClass), held === true);
        return { status: 200, body: { resourceClass, held: held === true } };
      },
    ],
    [
      'PUT',
      /^\/_local\/agents\/([^/]+)$/,
      (request) => {
        const name = request.params[0] ?? '';
        const forgotten = jsonBody(request).forgotten === true;
        if (forgotten) state.forgotten.add(name);
        else state.forgotten.delete(name);
        return { status: 200, body: { name, forgotten } };
      },
    ],
  ];
}
