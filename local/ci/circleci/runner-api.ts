/** The documented runner API v3, read side: what the scaler polls. */
import type { Reply, Route, ServiceRequest } from '../../cloud/http-service';
import type { CiState } from './state';

/** The class that a request may see, or the reply that refuses it. */
function visibleClass(state: CiState, request: ServiceRequest): string | Reply {
  const token = request.headers['circle-token'];
  const tokens = new Map([...state.classes].map(([name, { apiToken }]) => [name, apiToken]));
  // A resource-class token only claims: here it is as good as none.
  if (typeof token !== 'string' || ![...tokens.values()].includes(token))
    return { status: 401, body: { message: 'You must log in first.' } };
  const name = request.query.get('resource-class');
  if (!name) return { status: 400, body: { message: 'resource-class is required' } };
  if (tokens.get(name) !== token) return { status: 404, body: { message: 'Resource class not found' } };
  return name;
}

export function runnerRoutes(state: CiState): Route[] {
  const forClass = (answer: (name: string) => unknown) => (request: ServiceRequest) => {
    const visible = visibleClass(state, request);
    return typeof visible === 'string' ? { status: 200, body: answer(visible) } : visible;
  };
  return [
    [
      'GET',
      /^\/api\/v3\/runner\/tasks$/,
      forClass((name) => ({ unclaimed_task_count: state.queue.count(name, 'queued') })),
    ],
    [
      'GET',
      /^\/api\/v3\/runner\/tasks\/running$/,
      forClass((name) => ({ running_runner_tasks: state.queue.count(name, 'running') })),
    ],
    [
      'GET',
      /^\/api\/v3\/runner$/,
      forClass((name) => ({
        items: [...state.agents.values()]
          .filter((agent) => agent.resourceClass === name && !state.forgotten.has(agent.name))
          .map((agent) => ({
            resource_class: agent.resourceClass,
            hostname: agent.name,
            name: agent.name,
            first_connected: agent.firstContact,
            last_connected: agent.lastContact,
            last_used: agent.lastContact,
            ip: agent.ip,
            version: agent.version,
          })),
      })),
    ],
  ];
}
