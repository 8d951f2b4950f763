/** A stand-in for the comment APIs of GitHub and GitLab, on this machine. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StandIn {
  url: string;
  /** Every call, as 'POST /repos/acme/app/pulls'. */
  calls: string[];
  /** Headers of the last call. */
  headers: IncomingMessage['headers'];
  comments: { id: number; body: string; foreign?: boolean }[];
  requests: { number: number; branch: string; target: string; body?: string }[];
  /** Answers of the next calls, instead of the right ones. */
  failures: number[];
  /** Comments on a page. */
  page: number;
  close: () => Promise<void>;
}

export async function startStandIn(): Promise<StandIn> {
  const server = createServer(async (message, answer) => {
    const url = new URL(message.url ?? '/', standIn.url);
    standIn.calls.push(`${message.method} ${url.pathname}`);
    standIn.headers = message.headers;
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
    const failure = standIn.failures.shift();
    const [status, result, next] = failure
      ? [failure, { message: 'no' }]
      : respond(standIn, message.method, url, body);
    if (next)
      answer.setHeader('Link', `<${standIn.url}${next}>; rel="next", <${standIn.url}/last>; rel="last"`);
    answer.writeHead(status, { 'Content-Type': 'application/json' });
    answer.end(JSON.stringify(result));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const standIn: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    headers: {},
    comments: [],
    requests: [],
    failures: [],
    page: 100,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
  return standIn;
}

type Answer = [status: number, body: unknown, next?: string | undefined];

function respond(
  standIn: StandIn,
  method = 'GET',
  url: URL,
  body: Record<string, string> | undefined,
): Answer {
  const path = url.pathname;
  const comment = /\/(?:comments|notes)\/(\d+)$/.exec(path);
  if (comment && (method === 'PATCH' || method === 'PUT')) {
    const found = standIn.comments.find(({ id }) => id === Number(comment[1]));
    if (!found) return [404, {}];
    if (found.foreign) return [403, {}];
    found.body = body?.body ?? '';
    return [200, found];
  }
  if (/\/(comments|notes)$/.test(path) && method === 'POST') {
    const created = { id: standIn.comments.length + 1, body: body?.body ?? '' };
    standIn.comments.push(created);
    return [201, created];
  }
  if (/\/(comments|notes)$/.test(path)) return listComments(standIn, url);
  if (/\/(pulls|merge_requests)\/\d+$/.test(path)) {
    const found = standIn.requests.find(({ number }) => path.endsWith(`/${number}`));
    return found ? [200, toRequest(found, standIn)] : [404, {}];
  }
  if (/\/(pulls|merge_requests)$/.test(path) && method === 'POST') {
    const created = {
      number: standIn.requests.length + 1,
      branch: body?.head ?? body?.source_branch ?? '',
      target: body?.base ?? body?.target_branch ?? '',
      body: body?.body ?? body?.description ?? '',
    };
    standIn.requests.push(created);
    return [201, toRequest(created, standIn)];
  }
  if (/\/(pulls|merge_requests)$/.test(path)) {
    const branch =
      url.searchParams.get('source_branch') ?? url.searchParams.get('head')?.replace(/^acme:/, '');
    return [
      200,
      standIn.requests.filter((request) => request.branch === branch).map((one) => toRequest(one, standIn)),
    ];
  }
  return [404, {}];
}

function listComments({ comments, page }: StandIn, url: URL): Answer {
  const number = Number(url.searchParams.get('page') ?? '1');
  const rest = comments.length > number * page;
  return [
    200,
    comments.slice((number - 1) * page, number * page),
    rest ? `${url.pathname}?per_page=100&page=${number + 1}` : undefined,
  ];
}

const toRequest = ({ number, target }: StandIn['requests'][number], { url }: StandIn) => ({
  number,
  iid: number,
  base: { ref: target },
  target_branch: target,
  html_url: `${url}/pull/${number}`,
  web_url: `${url}/merge_requests/${number}`,
});
