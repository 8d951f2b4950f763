/** The machines daemon's control side: the local AWS launches and terminates, tests look in and break things. */
import {
  answerByRoute,
  jsonBody,
  RequestError,
  type Route,
  refuseMachines,
  type Service,
  startService,
} from '../../cloud/http-service';
import type { InstanceRecord } from '../instance';
import type { Machines } from './machines';

const EXEC_TIMEOUT_MS = 60_000;
const NO_MACHINE = { status: 404, body: { message: 'no such machine' } };

function instanceIdIn(body: Record<string, unknown>): string {
  const { instanceId } = body;
  if (typeof instanceId !== 'string') throw new RequestError(400, 'instanceId is missing');
  return instanceId;
}

export function startControl(host: string, port: number, machines: Machines): Promise<Service> {
  const routes: Route[] = [
    ['GET', /^\/machines$/, () => ({ status: 200, body: machines.list() })],
    [
      'POST',
      /^\/launch$/,
      (request) => {
        const body = jsonBody(request);
        instanceIdIn(body);
        machines.launch(body as unknown as InstanceRecord);
        return { status: 202, body: {} };
      },
    ],
    [
      'POST',
      /^\/terminate$/,
      (request) => {
        const body = jsonBody(request);
        const { graceSeconds } = body;
        machines.terminate(instanceIdIn(body), typeof graceSeconds === 'number' ? graceSeconds : undefined);
        return { status: 202, body: {} };
      },
    ],
    [
      'POST',
      /^\/stop$/,
      (request) => {
        machines.stop(instanceIdIn(jsonBody(request)));
        return { status: 202, body: {} };
      },
    ],
    [
      'POST',
      /^\/start$/,
      (request) => {
        const started = machines.start(instanceIdIn(jsonBody(request)));
        return started ? { status: 202, body: {} } : NO_MACHINE;
      },
    ],
    [
      'POST',
      /^\/kill$/,
      (request) => {
        const killed = machines.kill(instanceIdIn(jsonBody(request)));
        return killed ? { status: 202, body: {} } : NO_MACHINE;
      },
    ],
    [
      'POST',
      /^\/exec$/,
      async (request) => {
        const body = jsonBody(request);
        const { command, timeoutMs } = body;
        if (!Array.isArray(command)) throw new RequestError(400, 'command is not a list of words');
        const limit = typeof timeoutMs === 'number' ? timeoutMs : EXEC_TIMEOUT_MS;
        const result = await machines.exec(instanceIdIn(body), command.map(String), limit, request.left);
        return result ? { status: 200, body: result } : NO_MACHINE;
      },
    ],
  ];
  return startService(
    host,
    port,
    (request) => refuseMachines(host, request) ?? answerByRoute(routes, request),
  );
}
