import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { toCsv } from '../../simulate/csv';
import type { Job } from '../../simulate/trace';
import type { PastJob } from './past-job';

/** Writes what `make simulate TRACE=…` reads, whole or not at all. */
export function writeTrace(file: string, jobs: readonly PastJob[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, toCsv(byFleet(jobs)));
  renameSync(`${file}.new`, file);
}

/** In the order of submission; milliseconds are as exact as any CI is. */
export function byFleet(jobs: readonly PastJob[]): Map<string, Job[]> {
  const fleets = new Map<string, Job[]>();
  for (const { submitted, duration, fleet } of [...jobs].sort((a, b) => a.submitted - b.submitted)) {
    const list = fleets.get(fleet) ?? [];
    fleets.set(fleet, list);
    list.push({ submitted, duration: Math.round(duration * 1000) / 1000 });
  }
  return fleets;
}
