/** Who owns a run folder: a process, told apart from a later one with the same pid by its start time. */
import { readFileSync, writeFileSync } from 'node:fs';
import { runFiles } from './layout';

export interface Owner {
  pid: number;
  /** Clock ticks since boot, field 22 of /proc/<pid>/stat. */
  startTime: string;
  cgroup: string;
  /** When it was stopped in order. */
  finishedAt: string | null;
}

export function readStartTime(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

const write = (runDir: string, owner: Owner) =>
  writeFileSync(runFiles(runDir).owner, `${JSON.stringify(owner)}\n`);

/** Makes this process the owner. */
export function openOwner(runDir: string, cgroup: string): Owner {
  const owner = {
    pid: process.pid,
    startTime: readStartTime(process.pid) ?? '',
    cgroup,
    finishedAt: null,
  };
  write(runDir, owner);
  return owner;
}

/** Says that nothing of the run is left to look after. */
export const closeOwner = (runDir: string, owner: Owner): void =>
  write(runDir, { ...owner, finishedAt: new Date().toISOString() });

export function readOwner(runDir: string): Owner | null {
  try {
    return JSON.parse(readFileSync(runFiles(runDir).owner, 'utf8')) as Owner;
  } catch {
    return null;
  }
}

export const isAlive = (owner: Owner): boolean => readStartTime(owner.pid) === owner.startTime;
