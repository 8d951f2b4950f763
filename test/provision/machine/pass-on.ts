import { createServer } from 'node:http';

/** Requests that come to a unix socket, to the stand-in of a CI and back. */
export function passOn(socket: string, url: string): void {
  createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const method = incoming.method ?? 'GET';
    const body = method === 'GET' ? {} : { body: Buffer.concat(chunks) };
    const answer = await fetch(`${url}${incoming.url}`, { method, ...body });
    outgoing.writeHead(answer.status).end(await answer.text());
  }).listen(socket);
}
