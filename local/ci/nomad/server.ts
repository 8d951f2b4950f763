/** The stand-in Nomad: the HTTP API of its servers, what its clients ask, and an admin side. */
import type { Service } from '../../cloud/http-service';
import { type CiOptions, startCiService } from '../ci-service';
import { playOutage } from '../outage';
import { adminRoutes } from './admin-api';
import { clientRoutes } from './client-api';
import { httpRoutes } from './http-api';
import { schedule } from './scheduler';
import type { NomadState } from './state';

export function startNomad(options: CiOptions): Promise<Service> {
  const state: NomadState = {
    jobs: [],
    allocations: [],
    nodes: new Map(),
    pools: new Set(['default']),
    namespaces: new Set(['default']),
    tokens: new Map(),
    outage: null,
    stayEligible: false,
    logDir: options.logDir,
    now: options.now,
  };
  const { lostSeconds } = options;
  const routes = [
    ...httpRoutes(state),
    ...clientRoutes(state, lostSeconds),
    ...adminRoutes(state, lostSeconds),
  ];
  return startCiService(
    options,
    routes,
    (request) => playOutage(state.outage, request),
    () => {
      // Servers that are down hear nobody: that silence is their own.
      if (state.outage) for (const node of state.nodes.values()) node.heardAt = options.now();
      schedule(state, lostSeconds);
    },
  );
}
