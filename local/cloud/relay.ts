/**
 * Carries connections over a Unix socket, which crosses network namespaces: the host listens on loopback and connects
 * to the socket, the inside listens on the socket and connects to the service.
 */
import { openSync } from 'node:fs';
import {
  type AddressInfo,
  connect,
  createServer,
  type NetConnectOpts,
  type Server,
  type Socket,
} from 'node:net';

export interface Relay {
  /** Port, when it listens on one. */
  port: number;
  stop: () => Promise<void>;
}

/** A socket's path may have 107 bytes; through the folder's descriptor it always fits. */
export const socketPath = (folder: string, name: string) =>
  `/proc/self/fd/${openSync(folder, 'r')}/${name}.sock`;

function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
}

export async function startRelay(
  listen: { path: string } | { host: string; port: number },
  target: NetConnectOpts,
): Promise<Relay> {
  const open = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (incoming) => {
    const outgoing = connect({ ...target, allowHalfOpen: true });
    for (const socket of [incoming, outgoing]) {
      open.add(socket);
      socket.on('close', () => open.delete(socket));
    }
    join(incoming, outgoing);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(listen, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' ? ((address as AddressInfo | null)?.port ?? 0) : 0,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
