/** An AWS in memory, as far as the action asks: one parameter, secrets, tasks. Speaks AWS's JSON 1.1. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Served, serve } from '../lambda/scaler/serve';

export interface FakeTask {
  taskArn: string;
  startedBy: string;
  lastStatus: string;
  desiredStatus: string;
  stopCode?: string;
  stoppedReason?: string;
  containers: { name: string; exitCode?: number; reason?: string }[];
  clientToken: string;
}

export interface Call {
  action: string;
  body: Record<string, unknown>;
}

/** Answers instead, or not. */
export type Instead = (call: Call, response: ServerResponse) => boolean;

export interface FakeAws extends Served {
  parameters: Map<string, string>;
  secrets: Map<string, string>;
  tasks: FakeTask[];
  calls: Call[];
  instead: Instead[];
  /** Runs each time a task is described, before that is answered. */
  onDescribe: (task: FakeTask) => void;
}

export const json = (response: ServerResponse, status: number, body: unknown): true => {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(body));
  return true;
};
export const refuse = (response: ServerResponse, type: string, message = 'Said so.', status = 400) =>
  json(response, status, { __type: type, message });

/** Answers so many calls of an action. */
export const times = (count: number, action: string, answer: Instead): Instead => {
  let left = count;
  return (call, response) => {
    if (left <= 0 || call.action !== action) return false;
    left -= 1;
    return answer(call, response);
  };
};

export async function serveAws(): Promise<FakeAws> {
  const calls: Call[] = [];
  const byToken = new Map<string, FakeTask>();
  const server = await serve((request, response) => {
    void readBody(request).then((body) => {
      const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
      const call = { action, body };
      calls.push(call);
      if (aws.instead.some((answer) => answer(call, response))) return;
      ACTIONS[action]?.(body, response) ?? refuse(response, 'UnknownOperationException', action);
    });
  });

  const find = (body: Record<string, unknown>) =>
    aws.tasks.find(({ taskArn }) => taskArn === body.task || (body.tasks as string[])?.includes(taskArn));
  const ACTIONS: Record<string, (body: Record<string, unknown>, response: ServerResponse) => true> = {
    GetParameter({ Name }, response) {
      const Value = aws.parameters.get(String(Name));
      return Value === undefined
        ? refuse(response, 'ParameterNotFound', '')
        : json(response, 200, { Parameter: { Name, Value } });
    },
    CreateSecret({ Name, SecretString }, response) {
      aws.secrets.set(String(Name), String(SecretString));
      return json(response, 200, { Name });
    },
    DeleteSecret({ SecretId }, response) {
      if (!aws.secrets.delete(String(SecretId)))
        return refuse(response, 'ResourceNotFoundException', "can't find the specified secret.");
      return json(response, 200, { Name: SecretId });
    },
    RunTask({ startedBy, clientToken }, response) {
      const known = byToken.get(String(clientToken));
      const task: FakeTask = known ?? {
        taskArn: `arn:aws:ecs:eu-central-1:123456789012:task/muster-dev/${byToken.size + 1}`,
        startedBy: String(startedBy),
        lastStatus: 'PROVISIONING',
        desiredStatus: 'RUNNING',
        containers: [{ name: 'runner' }],
        clientToken: String(clientToken),
      };
      byToken.set(task.clientToken, task);
      if (!known) aws.tasks.push(task);
      return json(response, 200, { tasks: [task], failures: [] });
    },
    DescribeTasks(body, response) {
      const task = find(body);
      if (!task)
        return json(response, 200, { tasks: [], failures: [{ arn: body.tasks, reason: 'MISSING' }] });
      aws.onDescribe(task);
      return json(response, 200, { tasks: [task], failures: [] });
    },
    ListTasks({ startedBy }, response) {
      const found = aws.tasks.filter((task) => task.startedBy === startedBy && task.lastStatus !== 'STOPPED');
      return json(response, 200, { taskArns: found.map(({ taskArn }) => taskArn) });
    },
    StopTask(body, response) {
      const task = find(body);
      if (!task) return refuse(response, 'InvalidParameterException', 'The referenced task was not found.');
      if (task.lastStatus !== 'STOPPED') stop(task, 'UserInitiated', String(body.reason));
      return json(response, 200, { task });
    },
  };

  const aws: FakeAws = {
    ...server,
    parameters: new Map(),
    secrets: new Map(),
    tasks: [],
    calls,
    instead: [],
    onDescribe: () => {},
  };
  return aws;
}

export function stop(task: FakeTask, stopCode: string, stoppedReason: string, exitCode?: number): void {
  Object.assign(task, { lastStatus: 'STOPPED', desiredStatus: 'STOPPED', stopCode, stoppedReason });
  if (exitCode !== undefined) Object.assign(task.containers[0] ?? {}, { exitCode });
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? {} : JSON.parse(text);
}
