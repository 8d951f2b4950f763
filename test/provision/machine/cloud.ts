/** A scripted stand-in for AWS, the metadata service and the CI, as far as an instance talks to them. Records every call. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Group, toXml } from './describe-group';
import { createEcs } from './ecs-state';

export interface Call {
  /** Milliseconds of the machine that runs the test. */
  at: number;
  /** Name of the AWS operation, or `CI <path>`. */
  operation: string;
  parameters: Record<string, string>;
  /** Answered with a fault. */
  refused?: true;
}

/** An answer that replaces the normal one, `count` times (default: for ever). */
export interface Fault {
  operation: string;
  status: number;
  code: string;
  message: string;
  count?: number;
}

export interface CloudState {
  instance: string;
  userData: string;
  targetState: string;
  /** How the instance was bought, and the spot market's notices of it (the documents), if any. */
  market: 'on-demand' | 'spot';
  interruption: string | null;
  rebalance: string | null;
  token: string | null;
  /** Seconds that the clock of AWS is ahead of the machine's. */
  clockAhead: number;
  aws: 'up' | 'down';
  ci: 'up' | 'down';
  faults: Fault[];
  /** The image that the instance was launched with, and the promoted one; null: nobody can read it. */
  imageId: string;
  promoted: { imageId: string; at: number } | null;
  group: Group;
}

export const perfectState: CloudState = {
  instance: 'i-0test',
  userData: '',
  targetState: 'InService',
  market: 'on-demand',
  interruption: null,
  rebalance: null,
  token: 'stand-in-token-c4n4ry',
  clockAhead: 0,
  aws: 'up',
  ci: 'up',
  faults: [],
  imageId: 'ami-0000000000000001',
  promoted: { imageId: 'ami-0000000000000001', at: 0 },
  group: { instances: [{ id: 'i-0test' }], tags: {} },
};

const readBody = async (request: IncomingMessage) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

/** The operation and parameters of a request in either of AWS's protocols. */
function parseCall(
  headers: IncomingMessage['headers'],
  body: string,
): Pick<Call, 'operation' | 'parameters'> {
  const target = headers['x-amz-target'];
  if (target) return { operation: String(target).split('.').at(-1) ?? '', parameters: { body } };
  const parameters = Object.fromEntries(new URLSearchParams(body));
  return { operation: parameters.Action ?? 'none', parameters };
}

/** `record` hears of every call as it comes. */
export function createCloud(now: () => number, record: (call: Call) => void) {
  const state = structuredClone(perfectState);
  const ecs = createEcs();

  const metadataValue = (path: string): string | null =>
    ({
      '/latest/meta-data/instance-id': state.instance,
      '/latest/meta-data/local-ipv4': '10.87.0.5',
      '/latest/user-data': state.userData,
      '/latest/meta-data/ami-id': state.imageId,
      '/latest/meta-data/autoscaling/target-lifecycle-state': state.targetState,
      '/latest/meta-data/instance-life-cycle': state.market,
      '/latest/meta-data/spot/instance-action': state.interruption,
      '/latest/meta-data/events/recommendations/rebalance': state.rebalance,
      '/latest/meta-data/iam/security-credentials/': 'muster-test',
      '/latest/meta-data/iam/security-credentials/muster-test': JSON.stringify({
        AccessKeyId: 'ASIATEST',
        SecretAccessKey: 'stand-in-secret-key',
        Token: 'stand-in-session-token',
      }),
    })[path] ?? null;

  function metadata(request: IncomingMessage, response: ServerResponse) {
    if (request.method === 'PUT') return void response.end('metadata-token');
    if (request.headers['x-aws-ec2-metadata-token'] !== 'metadata-token')
      return void response.writeHead(401).end();
    const value = metadataValue(request.url ?? '');
    return void response.writeHead(value === null || value === '' ? 404 : 200).end(value ?? '');
  }

  async function aws(request: IncomingMessage, response: ServerResponse) {
    const asked = /^\/_local\/ecs\/agent\/(.*)/.exec(request.url ?? '')?.[1];
    if (asked) return void (await agentOfEcs(asked, await readBody(request), response));
    const call = { at: now(), ...parseCall(request.headers, await readBody(request)) };
    if (state.aws === 'down') return void request.socket.destroy();
    response.setHeader('Date', new Date(now() + state.clockAhead * 1000).toUTCString());
    if (call.operation === 'none') return void response.end();
    const fault = state.faults.find((f) => f.operation === call.operation && f.count !== 0);
    record(fault ? { ...call, refused: true } : call);
    if (fault) {
      if (fault.count !== undefined) fault.count -= 1;
      const json = request.headers['x-amz-target'] !== undefined;
      return void response
        .writeHead(fault.status)
        .end(
          json
            ? JSON.stringify({ __type: fault.code, message: fault.message })
            : `<ErrorResponse><Error><Code>${fault.code}</Code><Message>${fault.message}</Message></Error></ErrorResponse>`,
        );
    }
    const ofEcs = ecs.answer(call.operation, call.parameters.body ?? '');
    if (ofEcs) return void response.writeHead(ofEcs.status).end(JSON.stringify(ofEcs.body));
    const answer = answerOf(call.operation);
    if (answer === null)
      return void response.writeHead(400).end(JSON.stringify({ __type: 'ResourceNotFoundException' }));
    return void response.end(answer);
  }

  /** Noted by the real agent's names; what it asks all the time is not. */
  async function agentOfEcs(path: string, text: string, response: ServerResponse) {
    const operation = { register: 'RegisterContainerInstance', tasks: 'SubmitTaskStateChange' }[path];
    const fault = state.faults.find((f) => f.operation === operation);
    if (operation)
      record({ at: now(), operation, parameters: { body: text }, ...(fault ? { refused: true } : {}) });
    const { status, body, headers } = fault
      ? { status: fault.status, body: { code: fault.code, message: fault.message }, headers: {} }
      : await ecs.agent(path, JSON.parse(text || '{}'));
    response.writeHead(status, headers).end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
  }

  /** What a container of a task with a role finds at 169.254.170.2. */
  const credentials = (_: IncomingMessage, response: ServerResponse) =>
    void response.end(JSON.stringify({ RoleArn: 'arn:aws:iam::123456789012:role/of-the-task' }));

  async function ecsAdmin(request: IncomingMessage, response: ServerResponse) {
    const text = await readBody(request);
    const result = ecs.admin(
      `${request.method} ${request.url?.replace('/_local/', '')}`,
      text ? JSON.parse(text) : {},
    );
    response.end(JSON.stringify(result ?? null));
  }

  /** Null: there is no such thing. */
  function answerOf(operation: string): string | null {
    switch (operation) {
      case 'GetSecretValue':
        return state.token && JSON.stringify({ SecretString: state.token });
      case 'GetParameter':
        return (
          state.promoted &&
          JSON.stringify({
            Parameter: { Value: state.promoted.imageId, LastModifiedDate: state.promoted.at },
          })
        );
      case 'DescribeAutoScalingGroups':
        return toXml(state.group);
      default:
        return '{}';
    }
  }

  function ci(request: IncomingMessage, response: ServerResponse) {
    if (state.ci === 'down') return void request.socket.destroy();
    record({ at: now(), operation: `CI ${request.url}`, parameters: {} });
    return void response.writeHead(404).end();
  }

  async function control(request: IncomingMessage, response: ServerResponse) {
    if (request.method === 'PUT') Object.assign(state, JSON.parse(await readBody(request)));
    return void response.end();
  }

  return { metadata, aws, ci, control, credentials, ecsAdmin };
}
