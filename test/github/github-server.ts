/** A GitHub in memory, as far as runners are concerned: an App with one installation, tokens, and runners. */
import { generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Served, serve } from '../lambda/scaler/serve';

export interface FakeRunner {
  id: number;
  name: string;
  status: 'online' | 'offline';
  busy: boolean;
  labels: string[];
  /** The configuration that it was made with. */
  jit: string;
}

export interface Call {
  method: string;
  path: string;
  token: string;
  body: Record<string, unknown>;
}

/** Answers instead, or not: then the next is asked, and at last GitHub itself. */
export type Instead = (call: Call, response: ServerResponse) => boolean;

export interface FakeGithub extends Served {
  repository: string;
  runners: FakeRunner[];
  calls: Call[];
  /** Tokens that are taken. */
  tokens: Set<string>;
  app: { appId: string; privateKey: string };
  instead: Instead[];
  /** Runs when a runner was made. */
  onMint: (runner: FakeRunner) => void;
}

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });

export const reply = (response: ServerResponse, status: number, body?: unknown, headers = {}): true => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
  return true;
};

/** Answers so many requests to paths that hold a text. */
export const times = (count: number, part: string, answer: Instead): Instead => {
  let left = count;
  return (call, response) => {
    if (left <= 0 || !`${call.method} ${call.path}`.includes(part)) return false;
    left -= 1;
    return answer(call, response);
  };
};

export async function serveGithub(): Promise<FakeGithub> {
  const calls: Call[] = [];
  let ids = 0;
  const nextId = () => {
    ids += 1;
    return ids;
  };
  const server = await serve((request, response) => {
    void readBody(request).then((body) => {
      const call: Call = {
        method: request.method ?? '',
        path: request.url ?? '',
        token: (request.headers.authorization ?? '').replace('Bearer ', ''),
        body,
      };
      calls.push(call);
      if (github.instead.some((answer) => answer(call, response))) return;
      answer(call, response);
    });
  });

  const answer = (call: Call, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(call.path, 'http://github.invalid');
    const at = `${call.method} ${pathname}`;
    const repo = `/repos/${github.repository}`;
    if (pathname.endsWith('/installation') || at.startsWith('POST /app/installations/')) {
      if (!isSigned(call.token, github.app.appId, pair.publicKey))
        return reply(response, 401, { message: 'A JSON web token could not be decoded' });
      if (call.method === 'GET')
        return pathname.startsWith(repo)
          ? reply(response, 200, { id: 77 })
          : reply(response, 404, { message: 'Not Found' });
      const token = `installation-${nextId()}`;
      github.tokens.add(token);
      return reply(response, 201, { token, expires_at: new Date(Date.now() + 3_600_000).toISOString() });
    }
    if (!github.tokens.has(call.token)) return reply(response, 401, { message: 'Bad credentials' });
    if (!pathname.startsWith(`${repo}/actions/runners`))
      return reply(response, 404, { message: 'Not Found' });
    if (at === `POST ${repo}/actions/runners/generate-jitconfig`) {
      const { name, labels } = call.body as { name: string; labels: string[] };
      if (github.runners.some((runner) => runner.name === name))
        return reply(response, 409, { message: 'Already exists - A runner with the name already exists.' });
      const jit = Buffer.from(`jit of ${name} `.repeat(200)).toString('base64');
      const runner: FakeRunner = { id: nextId(), name, status: 'offline', busy: false, labels, jit };
      github.runners.push(runner);
      github.onMint(runner);
      return reply(response, 201, { runner: shown(runner), encoded_jit_config: jit });
    }
    if (at === `GET ${repo}/actions/runners`) {
      const name = searchParams.get('name');
      const all = github.runners.filter((runner) => name === null || runner.name === name);
      const size = Number(searchParams.get('per_page') ?? 30);
      const from = size * (Number(searchParams.get('page') ?? 1) - 1);
      return reply(response, 200, {
        total_count: all.length,
        runners: all.slice(from, from + size).map(shown),
      });
    }
    const runner = github.runners.find(({ id }) => pathname.endsWith(`/${id}`));
    if (!runner) return reply(response, 404, { message: 'Not Found' });
    if (call.method === 'GET') return reply(response, 200, shown(runner));
    if (runner.busy)
      return reply(response, 422, {
        message: `Runner "${runner.name}" is still running a job and cannot be deleted`,
      });
    github.runners = github.runners.filter((other) => other !== runner);
    return reply(response, 204);
  };

  const github: FakeGithub = {
    ...server,
    repository: 'acme/app',
    runners: [],
    calls,
    tokens: new Set(['github_pat_canary']),
    app: {
      appId: '123456',
      privateKey: pair.privateKey.export({ type: 'pkcs1', format: 'pem' }) as string,
    },
    instead: [],
    onMint: () => {},
  };
  return github;
}

const shown = ({ id, name, status, busy, labels }: FakeRunner) => ({
  id,
  name,
  os: 'linux',
  status,
  busy,
  labels: labels.map((label, index) => ({ id: index, name: label, type: 'custom' })),
});

function isSigned(jwt: string, appId: string, key: KeyObject): boolean {
  const [head = '', claims = '', signature = ''] = jwt.split('.');
  if (!verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url')))
    return false;
  const { iss, iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  const seconds = Date.now() / 1000;
  return iss === appId && iat <= seconds && exp > seconds && exp - seconds <= 600;
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? {} : JSON.parse(text);
}
