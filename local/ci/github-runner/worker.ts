/** Entry of the stand-in Runner.Worker: one job, then its end. */
import { createClient } from './github-client';
import { runJob } from './job';
import { JobLog } from './job-log';
import type { WorkOrder } from './worker-process';

// The name by which it is found in the process list: the Node.js below it has its own.
process.title = 'Runner.Worker';
const cancelled = new AbortController();
// Ctrl-C reaches all of the runner's processes; the Listener says what becomes of the job (src/Runner.Worker/Program.cs).
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => cancelled.abort());

async function work(order: WorkOrder): Promise<void> {
  const log = new JobLog(createClient(order.configuration), order.job.jobId);
  const ending = await runJob(order, cancelled.signal, log.write);
  await log.end();
  process.send?.(ending, () => process.exit(0));
}

process.on('message', (message: WorkOrder | { cancel: true }) => {
  if ('cancel' in message) cancelled.abort();
  else void work(message);
});
// Without its Listener there is nobody to work for.
process.on('disconnect', () => process.exit(1));
