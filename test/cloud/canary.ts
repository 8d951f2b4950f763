/** Looks for tokens where they must not be. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Files below these folders that hold one of the tokens. Links are not followed: an image's point anywhere. */
export function findInFiles(roots: string[], tokens: string[]): string[] {
  const needles = tokens.map((token) => Buffer.from(token));
  const found: string[] = [];
  const walk = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const inside = join(path, entry.name);
      if (entry.isDirectory()) walk(inside);
      else if (entry.isFile() && statSync(inside).size < 2 ** 30) {
        const content = readFileSync(inside);
        if (needles.some((needle) => content.includes(needle))) found.push(inside);
      }
    }
  };
  for (const root of roots) walk(root);
  return found;
}

interface Processes {
  /** Arguments of every process. */
  arguments: string[];
  /** User and environment of every process. */
  environments: { user: number; environment: string }[];
}

/** All processes of this host, those inside its machines among them. */
export function readProcesses(): Processes {
  const processes: Processes = { arguments: [], environments: [] };
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      processes.arguments.push(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
      processes.environments.push({
        user: statSync(`/proc/${pid}`).uid,
        environment: readFileSync(`/proc/${pid}/environ`, 'utf8'),
      });
    } catch {
      // It has ended since.
    }
  }
  return processes;
}
