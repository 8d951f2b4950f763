/** One running machine: a systemd-nspawn process and the init process ("leader") inside it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupFolders, removeCgroup } from '../cgroups';
import type { InstanceRecord } from '../instance';
import { childrenOf, POWEROFF } from '../processes';
import { type MachineNetwork, writeMachineFolder } from './machine-folder';

export interface MachineSettings {
  /** Folder with one folder per machine. */
  machinesDir: string;
  network: MachineNetwork;
  /** AWS as the machines reach it. */
  awsUrl: string;
  /** Name of the cloud's cgroup; each machine gets one below it. */
  cgroup: string;
  /** Bytes of memory and number of tasks that one machine may use. */
  memoryBytes: number;
  tasks: number;
}

export interface Hardware {
  /** Root directory of the image. */
  rootfs: string;
  uuid: string;
  /** Folder for what it writes. */
  disk: string;
}

export class Machine {
  readonly startedAt = new Date().toISOString();
  /** Resolves with how it ended when nothing of it runs any more. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  private readonly nspawn: ChildProcess;

  /** @param hardware what stays the same from boot to boot */
  constructor(
    readonly record: InstanceRecord,
    readonly hardware: Hardware,
    settings: MachineSettings,
  ) {
    const folder = writeMachineFolder(settings.machinesDir, record, settings.network, settings.awsUrl);
    const console = openSync(join(folder, 'console.log'), 'a');
    const hostname = `ip-${record.privateIp.replaceAll('.', '-')}`;
    const limits = [String(settings.memoryBytes), String(settings.tasks)];
    const { rootfs, uuid, disk } = hardware;
    const inputs = [record.instanceId, rootfs, folder, settings.network.bridge, settings.cgroup, hostname];
    this.nspawn = spawn(
      'unshare',
      ['--mount', join(__dirname, 'boot-machine.sh'), ...inputs, uuid, ...limits, disk],
      { stdio: ['ignore', console, console] },
    );
    closeSync(console);
    this.ended = new Promise((resolve) => {
      this.nspawn.once('error', () => resolve({ code: 127, signal: null }));
      this.nspawn.once('exit', (code, signal) => {
        for (const folder of cgroupFolders(`${settings.cgroup}/${record.instanceId}`)) removeCgroup(folder);
        resolve({ code, signal });
      });
    });
  }

  /** Pid of the init process inside, once there is one. */
  leader(): number | null {
    return (this.nspawn.pid && childrenOf(this.nspawn.pid)[0]) || null;
  }

  /** Presses the power button. */
  powerOff(): void {
    const leader = this.leader();
    // A machine without an init process has nothing to shut down in order.
    if (leader) process.kill(leader, POWEROFF);
    else this.cutPower();
  }

  /** Sudden death. */
  cutPower(): void {
    const leader = this.leader();
    for (const pid of [this.nspawn.pid, leader]) {
      try {
        if (pid) process.kill(pid, 'SIGKILL');
      } catch {
        // It was gone before.
      }
    }
  }
}
