/** All machines of one local cloud: powered by the local AWS, told back to it when they are off. */
import { randomUUID } from 'node:crypto';
import { type InstanceRecord, reportStopped } from '../instance';
import { connectMachine } from './connect';
import { makeDisk, removeDisk } from './disk';
import { type ExecResult, execInMachine } from './exec';
import { type Hardware, Machine, type MachineSettings } from './machine';

export interface MachineView {
  instanceId: string;
  privateIp: string;
  /** A stopped one has a disk to start again from. */
  state: 'running' | 'stopping' | 'stopped' | 'off';
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
  asked: 'terminate' | 'stop' | 'kill' | null;
  reason: string | null;
  hasDisk: boolean;
  done: Promise<void>;
}

const REASONS = { terminate: 'terminated', stop: 'stopped by AWS', kill: 'power cut' } as const;

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
    this.powerOn(record, { rootfs, uuid: randomUUID(), disk: makeDisk(record.instanceId) });
  }

  /** Boots a machine that is off from its disk; nothing happens when it runs. False: there is none. */
  start(instanceId: string): boolean {
    const entry = this.entries.get(instanceId);
    if (!entry?.hasDisk) return false;
    if (entry.reason !== null) this.powerOn(entry.machine.record, entry.machine.hardware);
    return true;
  }

  /** Powers a machine off; its disk stays. */
  stop(instanceId: string): void {
    this.powerOff(instanceId, 'stop', this.settings.graceSeconds);
  }

  /** Without grace its power is cut, whatever it was about. */
  terminate(instanceId: string, graceSeconds = this.settings.graceSeconds): void {
    this.powerOff(instanceId, 'terminate', graceSeconds);
  }

  /** Sudden death, for tests of faults. */
  kill(instanceId: string): boolean {
    const entry = this.entries.get(instanceId);
    if (!entry || entry.reason !== null) return false;
    entry.asked = 'kill';
    entry.machine.cutPower();
    return true;
  }

  private powerOn(record: InstanceRecord, hardware: Hardware): void {
    const { instanceId, privateIp } = record;
    const machine = new Machine(record, hardware, this.settings);
    const entry: Entry = { machine, asked: null, reason: null, hasDisk: true, done: Promise.resolve() };
    entry.done = machine.ended.then((end) => this.finished(entry, end));
    this.entries.set(instanceId, entry);
    this.settings.log(`${instanceId} power on (${privateIp})`);
    connectMachine(privateIp, this.settings.network.bridge).catch((error: Error) =>
      this.settings.log(`${instanceId} has no network: ${error.message}`),
    );
  }

  private powerOff(instanceId: string, asked: 'terminate' | 'stop', graceSeconds: number): void {
    const entry = this.entries.get(instanceId);
    if (!entry) {
      void this.tell(instanceId, `${REASONS[asked]} before it was booted`);
      return;
    }
    if (entry.reason !== null) {
      if (asked === 'terminate') void this.discard(entry);
      return;
    }
    const isUnderWay = entry.asked !== null;
    // A termination goes before a stop that is under way: the disk goes too.
    if (!isUnderWay || (entry.asked === 'stop' && asked === 'terminate')) entry.asked = asked;
    if (graceSeconds === 0) entry.machine.cutPower();
    if (isUnderWay || graceSeconds === 0) return;
    entry.machine.powerOff();
    const timer = setTimeout(() => entry.machine.cutPower(), graceSeconds * 1000);
    void entry.done.then(() => clearTimeout(timer));
  }

  /** Null: there is no such machine, or it has no init process now. */
  async exec(
    instanceId: string,
    command: string[],
    timeoutMs: number,
    left: AbortSignal,
  ): Promise<ExecResult | null> {
    const leader = this.entries.get(instanceId)?.machine.leader();
    return leader ? execInMachine(leader, command, timeoutMs, left) : null;
  }

  /** What the machine with this address was booted with, while it runs. */
  byAddress(ip: string): InstanceRecord | null {
    for (const { machine, reason } of this.entries.values())
      if (reason === null && machine.record.privateIp === ip) return machine.record;
    return null;
  }

  list(): MachineView[] {
    return [...this.entries].map(([instanceId, { machine, asked, reason, hasDisk }]) => ({
      instanceId,
      privateIp: machine.record.privateIp,
      state: reason !== null ? (hasDisk ? 'stopped' : 'off') : asked ? 'stopping' : 'running',
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
    const byItself = end.code === 0 ? 'powered itself off' : `crashed (${how})`;
    entry.reason = entry.asked ? REASONS[entry.asked] : byItself;
    const { instanceId } = entry.machine.record;
    this.settings.log(`${instanceId} off: ${entry.reason}`);
    const state = await this.tell(instanceId, entry.reason);
    // Whether an instance that powers itself off is stopped or terminated is a setting that only AWS knows.
    if (entry.asked === 'terminate' || (entry.asked !== 'stop' && state !== 'stopped'))
      await this.discard(entry);
  }

  /** The end of a machine that is off. */
  private async discard(entry: Entry): Promise<void> {
    const { instanceId } = entry.machine.record;
    entry.hasDisk = false;
    await removeDisk(instanceId).catch((error: Error) =>
      this.settings.log(`${instanceId} leaves its disk until the cloud ends: ${error.message}`),
    );
  }

  private async tell(instanceId: string, reason: string): Promise<string | null> {
    return reportStopped(this.settings.controlUrl, instanceId, reason).catch((error: Error) => {
      this.settings.log(error.message);
      return null;
    });
  }
}
