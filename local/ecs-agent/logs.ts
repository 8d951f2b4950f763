/** What a container says, on its way to where its task definition wants it: the driver awslogs, in place of which it stands. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Requests } from './requests';

const BATCH_MS = 500;

/** Until the container has ended and all of it is sent, or cannot be. */
export async function followLogs(
  requests: Requests,
  place: { containerInstanceArn: string; taskArn: string; container: string },
  id: string,
): Promise<void> {
  const child = spawn('docker', ['logs', '--follow', id], { stdio: ['ignore', 'pipe', 'pipe'] });
  let lines: string[] = [];
  const send = async () => {
    const batch = lines;
    lines = [];
    if (batch.length > 0)
      await requests.post('logs', { ...place, lines: batch }).catch((error: Error) => {
        console.error(`level=error msg="logs of ${place.taskArn} are lost: ${error.message}"`);
      });
  };
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  const timer = setInterval(() => void send(), BATCH_MS);
  await new Promise((resolve) => child.once('close', resolve));
  clearInterval(timer);
  await send();
}
