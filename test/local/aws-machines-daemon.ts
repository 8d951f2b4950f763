/** Stands in for the machines daemon: takes what the local AWS sends, and remembers it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Account, prepareAccount } from './aws-fleet';
import { type LocalAws, startLocalAws } from './start-local-aws';

export interface Message {
  path: string;
  body: { instanceId: string; userData?: string };
}

export interface MachinesDaemon {
  url: string;
  /** What was sent to a path about an instance; for `until`. */
  sentTo: (path: string, id: string | undefined) => () => Message[];
  /** The paths about an instance, in order. */
  pathsOf: (id: string | undefined) => string[];
  close: () => void;
}

export async function startMachinesDaemon(): Promise<MachinesDaemon> {
  const sent: Message[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      sent.push({ path: request.url ?? '', body: JSON.parse(Buffer.concat(chunks).toString()) });
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const about = (id: string | undefined) => sent.filter((message) => message.body.instanceId === id);
  return {
    url: `http://127.0.0.1:${port}`,
    sentTo: (path, id) => () => about(id).filter((message) => message.path === path),
    pathsOf: (id) => about(id).map((message) => message.path),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export interface AwsWithMachines {
  aws: LocalAws;
  account: Account;
  daemon: MachinesDaemon;
  stop: () => Promise<void>;
}

/** A local AWS that believes in machines, with an account that groups can be made in. */
export async function startAwsWithMachines(): Promise<AwsWithMachines> {
  const daemon = await startMachinesDaemon();
  let aws: LocalAws | undefined;
  const stop = async () => {
    await aws?.stop();
    daemon.close();
  };
  try {
    aws = await startLocalAws({ MUSTER_LOCAL_MACHINES_URL: daemon.url });
    return { aws, account: await prepareAccount(aws), daemon, stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
}
