/** Serves the stand-in GitLab to the machine, and its admin side to the test, over a unix socket. */
import { createServer } from 'node:http';
import { startGitlab } from '../../../local/ci/gitlab/server';

const ADDRESS = { host: '10.87.0.1', port: 4569 };
/** Longer than any test: a machine that is busy booting others is not a lost one. */
const LOST_SECONDS = 60;

export async function serveGitlab(socket: string): Promise<void> {
  const gitlab = await startGitlab({
    ...ADDRESS,
    logDir: `${socket}.logs`,
    lostSeconds: LOST_SECONDS,
    now: () => Date.now(),
  });
  createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const method = incoming.method ?? 'GET';
    const body = method === 'GET' ? {} : { body: Buffer.concat(chunks) };
    const answer = await fetch(`${gitlab.url}${incoming.url}`, { method, ...body });
    outgoing.writeHead(answer.status).end(await answer.text());
  }).listen(socket);
}
