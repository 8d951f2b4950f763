/**
 * Allocations as processes. Each outlives the client, which finds it again when it is back: what there is to know of it is in
 * a folder of its own, and the shell around it writes how it ended.
 */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

export interface Job {
  name: string;
  seconds: number;
  command: string | null;
}

export interface Status {
  id: string;
  client: 'running' | 'complete' | 'failed';
  exitCode: number | null;
  output: string;
}

/** As the exec driver: nobody, and in a session of its own, so that all of it can be told to end. */
const WRAPPER = `setpriv --reuid=65534 --regid=65534 --clear-groups env --ignore-environment PATH=/usr/local/bin:/usr/bin:/bin HOME=/ sh -c "$1"
echo $? >"$0/exit.part" && mv "$0/exit.part" "$0/exit"`;

export class Tasks {
  private readonly told = new Map<string, number>();

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  ids = (): string[] => readdirSync(this.folder);

  start(id: string, job: Job): void {
    const own = join(this.folder, id);
    if (existsSync(own)) return;
    mkdirSync(own, { recursive: true });
    const log = openSync(join(own, 'log'), 'a');
    const child = spawn('sh', ['-c', WRAPPER, own, job.command ?? `sleep ${job.seconds}`], {
      detached: true,
      stdio: ['ignore', log, log],
    });
    writeFileSync(join(own, 'pid'), String(child.pid ?? 0));
    child.unref();
  }

  /** Asked to end, then ended. */
  stop(id: string): void {
    const pid = this.pidOf(id);
    const signal = this.told.has(id) && Date.now() - (this.told.get(id) ?? 0) > 5000 ? 'SIGKILL' : 'SIGTERM';
    if (!this.told.has(id)) this.told.set(id, Date.now());
    else if (signal === 'SIGTERM') return;
    try {
      if (pid) process.kill(-pid, signal);
    } catch {
      // It has ended.
    }
  }

  statusOf(id: string): Status {
    const own = join(this.folder, id);
    const output = existsSync(join(own, 'log')) ? readFileSync(join(own, 'log'), 'utf8') : '';
    const exit = join(own, 'exit');
    if (existsSync(exit)) {
      const exitCode = Number(readFileSync(exit, 'utf8'));
      return { id, client: exitCode === 0 ? 'complete' : 'failed', exitCode, output };
    }
    return this.isAlive(id)
      ? { id, client: 'running', exitCode: null, output: '' }
      : { id, client: 'failed', exitCode: null, output };
  }

  /** The servers know of its end. */
  forget(id: string): void {
    this.told.delete(id);
    rmSync(join(this.folder, id), { recursive: true, force: true });
  }

  private pidOf(id: string): number {
    const file = join(this.folder, id, 'pid');
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  }

  private isAlive(id: string): boolean {
    const pid = this.pidOf(id);
    return pid > 0 && statSync(`/proc/${pid}`, { throwIfNoEntry: false }) !== undefined;
  }
}
