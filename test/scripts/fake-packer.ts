/** Instead of Packer: a program of that name which does as told. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeTemporaryDirectory } from './temporary-file';

/** @returns a folder to put before others on PATH. `build` is bash that runs for `packer build`, where Packer would run */
export function makePacker(build: string): string {
  const directory = makeTemporaryDirectory();
  const file = join(directory, 'packer');
  writeFileSync(
    file,
    `#!/usr/bin/env bash\ncase $1 in version) echo Packer v1.12.0 ;; build) ${build} ;; esac\n`,
  );
  chmodSync(file, 0o755);
  return directory;
}

/** Bash that leaves the manifest of a bake which made this AMI. */
export function leaveManifest(amiId: string): string {
  const manifest = JSON.stringify({
    builds: [{ artifact_id: `eu-central-1:${amiId}`, packer_run_uuid: 'now' }],
    last_run_uuid: 'now',
  });
  return `echo '${manifest}' > packer-manifest.json`;
}
