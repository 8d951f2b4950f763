/** Entry: serves the test cloud inside the machine's network namespace; the test talks to it over a unix socket. */
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createCloud } from './cloud';
import { serveGitlab } from './gitlab-process';
import { serveNomad } from './nomad-process';

const socket = process.argv[2];
if (!socket) throw new Error('Usage: cloud-process.ts SOCKET');
const cloud = createCloud(
  () => Date.now(),
  // In a file, because a machine that powers off takes this process along.
  (call) => appendFileSync(`${socket}.calls`, `${JSON.stringify(call)}\n`),
);
for (const host of ['169.254.169.254', 'fd00:ec2::254']) createServer(cloud.metadata).listen(80, host);
createServer(cloud.credentials).listen(80, '169.254.170.2');
createServer(cloud.aws).listen(4566, '10.87.0.1');
createServer(cloud.ecsAdmin).listen(`${socket}.ecs`);
createServer(cloud.ci).listen(4567, '10.87.0.1');
// Before the socket that says that all is there.
void Promise.all([serveGitlab(`${socket}.gitlab`), serveNomad(`${socket}.nomad`)]).then(() =>
  createServer(cloud.control).listen(socket),
);
