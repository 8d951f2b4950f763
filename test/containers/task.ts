/** A container of the built image, as ECS starts, stops and describes it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunnerImage } from '../../local/containers/build-image';
import { until } from '../local/until';

export interface TaskProcess {
  pid: number;
  /** In the container. */
  ownPid: number;
  name: string;
  arguments: string;
  environment: string[];
  /** A mask; bit 1 is SIGINT. */
  ignoredSignals: bigint;
}

const readFile = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

function readProcess(pid: number): TaskProcess {
  const status = readFile(`/proc/${pid}/status`);
  const field = (name: string) => new RegExp(`^${name}:\\s+(.*)$`, 'm').exec(status)?.[1] ?? '';
  return {
    pid,
    ownPid: Number(field('NSpid').split('\t').at(-1)),
    name: field('Name'),
    arguments: readFile(`/proc/${pid}/cmdline`).replaceAll('\0', ' '),
    environment: readFile(`/proc/${pid}/environ`).split('\0'),
    ignoredSignals: BigInt(`0x${field('SigIgn') || '0'}`),
  };
}

export class Task {
  out = '';
  errors = '';
  readonly ended: Promise<number | null>;
  private code: number | null | undefined;

  private constructor(
    private readonly process: ChildProcess,
    work: string,
  ) {
    process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.out += text;
    });
    process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
    });
    this.ended = new Promise((resolve, reject) => {
      process.once('close', (code) => {
        this.code = code;
        rmSync(work, { recursive: true, force: true });
        // The statuses of setpriv, unshare and chroot.
        if (code !== null && code >= 125)
          reject(new Error(`The container ended with ${code}: ${this.out}${this.errors}`));
        else resolve(code);
      });
    });
    // Not everybody waits for it.
    this.ended.catch(() => undefined);
  }

  static start(image: RunnerImage, namespace: string, environment: Record<string, string>): Task {
    const work = mkdtempSync(join(tmpdir(), 'muster-task-'));
    const { Env, Entrypoint } = image.settings.Config;
    const own = Object.fromEntries(
      Env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
    );
    const child = spawn(
      'setpriv',
      [
        ...['--pdeathsig', 'KILL', 'nsenter', `--net=${namespace}`],
        ...['unshare', '--mount', '--pid', '--ipc', '--fork', '--kill-child=KILL'],
        ...[join(__dirname, 'run-task.sh'), image.rootfs, work, ...Entrypoint],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...own, ...environment } },
    );
    return new Task(child, work);
  }

  /** Everything that runs in it, but the scripts that started it. */
  get processes(): TaskProcess[] {
    const child = readFile(`/proc/${this.process.pid}/task/${this.process.pid}/children`).trim();
    if (!child) return [];
    const namespaceOf = (pid: string | number) => {
      try {
        return readlinkSync(`/proc/${pid}/ns/pid`);
      } catch {
        return '';
      }
    };
    const own = namespaceOf(child);
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && namespaceOf(name) === own)
      .map((name) => readProcess(Number(name)));
  }

  /** As the agent of ECS: to the first process of the container. */
  signal(name: NodeJS.Signals): void {
    const first = this.processes.find(({ ownPid }) => ownPid === 1);
    if (!first) throw new Error(`The container has ended:\n${this.out}\n${this.errors}`);
    process.kill(first.pid, name);
  }

  /** A file in the container, for a job to see. */
  write(path: string, text = ''): void {
    const first = this.processes.find(({ ownPid }) => ownPid === 1);
    writeFileSync(`/proc/${first?.pid}/root${path}`, text);
  }

  async says(text: string): Promise<void> {
    const look = () => this.out.includes(text) || this.errors.includes(text) || this.code !== undefined;
    await until(`the container says "${text}"`, look);
    if (!this.out.includes(text) && !this.errors.includes(text))
      throw new Error(
        `The container ended with ${this.code} before it said "${text}":\n${this.out}${this.errors}`,
      );
  }

  async discard(): Promise<void> {
    for (const { pid, ownPid } of this.processes) if (ownPid === 1) process.kill(pid, 'SIGKILL');
    this.process.kill('SIGKILL');
    await this.ended.catch(() => undefined);
  }
}
