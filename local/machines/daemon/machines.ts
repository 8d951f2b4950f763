/** All machines of one local cloud: launched and terminated by the local AWS, told back to it when they are off. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type InstanceRecord, reportStopped } from '../instance';
import { type ExecResult, execInMachine } from './exec';
import { Machine, type MachineSettings } from './machine';

export interface MachineView {
  instanceId: string;
  privateIp: string;
  state: 'running' | 'stopping' | 'off';
  startedAt: string;
  /** Why it is off. */
  reason: string | null;
  leader: number | null;
}

export interface MachinesSettings extends MachineSettings {
  /** Where this process itself reaches the local AWS. */
  controlUrl: string;
  /** Seconds from power-off to cut power. */
  graceSeconds: number;
  log: (line: string) => void;
}

interface Entry {
  machine: Machine;
  asked: 'terminate' | 'kill' | null;
  reason: string | null;
  done: Promise<void>;
}

const run = promisify(execFile);

export class Machines {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly settings: MachinesSettings) {}

  /** Boots a machine for this instance; nothing happens when it was booted before. */
  launch(record: InstanceRecord): void {
    if (this.entries.has(record.instanceId)) return;
    const rootfs = record.imageTags['local:rootfs'];
    if (!rootfs)
      throw new Error(
        `Image ${record.imageId} has no tag local:rootfs: bake it for the local cloud before launching it.`,
      );
    const machine = new Machine(record, rootfs, this.settings);
    const entry: Entry = { machine, asked: null, reason: null, done: Promise.resolve() };
    entry.done = machine.ended.then((end) => this.finished(entry, end));
    this.entries.set(record.instanceId, entry);
    this.settings.log(`${record.instanceId} power on (${record.privateIp})`);
    void this.connect(record.privateIp);
  }

  terminate(instanceId: string, graceSeconds = this.settings.graceSeconds): void {
    const entry = this.entries.get(instanceId);
    if (!entry) {
      void this.tell(instanceId, 'terminated before it was booted');
      return;
    }
    if (entry.reason !== null || entry.asked) return;
    entry.asked = 'terminate';
    entry.machine.powerOff();
    const timer = setTimeout(() => entry.machine.cutPower(), graceSeconds * 1000);
    void entry.done.then(() => clearTimeout(timer));
  }

  /** Sudden death, for tests of faults. */
  kill(instanceId: string): boolean {
    const entry = this.entries.get(instanceId);
    if (!entry || entry.reason !== null) return false;
    entry.asked = 'kill';
    entry.machine.cutPower();
    return true;
  }

  async exec(instanceId: string, command: string[], timeoutMs: number): Promise<ExecResult | null> {
    const leader = this.entries.get(instanceId)?.machine.leader();
    return leader ? execInMachine(leader, command, timeoutMs) : null;
  }

  /** Id of the machine with this address, while it runs. */
  byAddress(ip: string): string | null {
    for (const [id, { machine, reason }] of this.entries)
      if (reason === null && machine.record.privateIp === ip) return id;
    return null;
  }

  list(): MachineView[] {
    return [...this.entries].map(([instanceId, { machine, asked, reason }]) => ({
      instanceId,
      privateIp: machine.record.privateIp,
      state: reason !== null ? 'off' : asked ? 'stopping' : 'running',
      startedAt: machine.startedAt,
      reason,
      leader: reason === null ? machine.leader() : null,
    }));
  }

  /** The cloud itself goes: nobody waits for a job that a machine may still have. */
  async stopAll(graceSeconds: number): Promise<void> {
    for (const [id, { reason }] of this.entries) if (reason === null) this.terminate(id, graceSeconds);
    const cut = setTimeout(() => {
      for (const { machine, reason } of this.entries.values()) if (reason === null) machine.cutPower();
    }, graceSeconds * 1000);
    await Promise.all([...this.entries.values()].map(({ done }) => done));
    clearTimeout(cut);
  }

  private async finished(entry: Entry, end: { code: number | null; signal: string | null }): Promise<void> {
    const how = end.signal ? `signal ${end.signal}` : `exit code ${end.code}`;
    entry.reason =
      entry.asked === 'terminate'
        ? 'terminated'
        : entry.asked === 'kill'
          ? 'power cut'
          : end.code === 0
            ? 'powered itself off'
            : `crashed (${how})`;
    const { instanceId } = entry.machine.record;
    this.settings.log(`${instanceId} off: ${entry.reason}`);
    await this.tell(instanceId, entry.reason);
  }

  private async tell(instanceId: string, reason: string): Promise<void> {
    await reportStopped(this.settings.controlUrl, instanceId, reason).catch((error: Error) =>
      this.settings.log(error.message),
    );
  }

  /** Machines reach the bridge, not each other. The port appears a moment after nspawn starts. */
  private async connect(privateIp: string): Promise<void> {
    await run('ip', ['route', 'replace', `${privateIp}/32`, 'dev', this.settings.network.bridge]);
    for (let attempt = 0; attempt < 20; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { stdout } = await run('ip', ['-json', 'link', 'show', 'master', this.settings.network.bridge]);
      for (const { ifname } of JSON.parse(stdout || '[]') as { ifname: string }[])
        await run('bridge', ['link', 'set', 'dev', ifname, 'isolated', 'on']).catch(() => {});
    }
  }
}
