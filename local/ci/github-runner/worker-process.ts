/** The Worker as the Listener sees it: a process named Runner.Worker, which gets the job on its input and says how it ended. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { JobMessage } from '../github/agent-api';
import type { Configuration } from './configuration';

export interface WorkOrder {
  job: JobMessage;
  configuration: Configuration;
  root: string;
}

export interface Ending {
  result: 'success' | 'failure' | 'cancelled';
  exitCode: number | null;
}

export interface Worker {
  /** Safe to call twice. Its job is cancelled then, however it ends (src/Runner.Listener/JobDispatcher.cs). */
  cancel: () => void;
  ended: Promise<Ending>;
}

/** In the Listener's process group and with its environment, like the real one. */
export function startWorker(order: WorkOrder): Worker {
  const child = spawn(join(order.root, 'bin', 'Runner.Worker'), ['spawnclient'], {
    cwd: join(order.root, 'bin'),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let ending: Ending = { result: 'failure', exitCode: null };
  let isCancelled = false;
  child.on('message', (said) => {
    ending = said as Ending;
  });
  const ended = new Promise<Ending>((resolve) => {
    const end = () => resolve(isCancelled ? { ...ending, result: 'cancelled' } : ending);
    child.once('error', end);
    child.once('exit', end);
  });
  const tell = (message: object) => child.connected && child.send(message, () => undefined);
  tell(order);
  const cancel = () => {
    isCancelled = true;
    tell({ cancel: true });
  };
  return { cancel, ended };
}
