/** The server around a stand-in CI: its routes, its outage, and an admin side that an outage does not reach. */
import { mkdirSync } from 'node:fs';
import {
  answerByRoute,
  type Reply,
  type Route,
  refuseMachines,
  type Service,
  type ServiceRequest,
  startService,
} from '../cloud/http-service';

export interface CiOptions {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Folder for the job logs, one file a job. */
  logDir: string;
  /** Seconds of silence after which a running job is lost. The real ones wait for minutes. */
  lostSeconds: number;
  now: () => number;
}

const LOST_CHECK_MS = 500;

/**
 * @param outage what a played outage does to a request; null: nothing
 * @param loseSilent called every half second
 */
export async function startCiService(
  options: CiOptions,
  routes: Route[],
  outage: (request: ServiceRequest) => Reply | Promise<Reply> | null,
  loseSilent: () => void,
): Promise<Service> {
  mkdirSync(options.logDir, { recursive: true });
  const service = await startService(options.host, options.port, (request) => {
    const isAdmin = request.path.startsWith('/_local/');
    const instead = isAdmin ? refuseMachines(options.host, request) : outage(request);
    return instead ?? answerByRoute(routes, request);
  });
  const timer = setInterval(loseSilent, LOST_CHECK_MS);
  return {
    ...service,
    stop: async () => {
      clearInterval(timer);
      await service.stop();
    },
  };
}
