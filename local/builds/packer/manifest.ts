/** packer-manifest.json, as the manifest post-processor writes it: it adds to what is there. */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

interface Manifest {
  builds: object[];
  last_run_uuid: string;
}

export interface Artifact {
  region: string;
  amiId: string;
  now: Date;
  customData: Record<string, string>;
}

export function writeManifest(file: string, { region, amiId, now, customData }: Artifact): void {
  const before: Manifest = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { builds: [], last_run_uuid: '' };
  const run = randomUUID();
  const build = {
    name: 'aws',
    builder_type: 'amazon-ebs',
    build_time: Math.floor(now.getTime() / 1000),
    files: null,
    artifact_id: `${region}:${amiId}`,
    packer_run_uuid: run,
    custom_data: customData,
  };
  const manifest: Manifest = { builds: [...before.builds, build], last_run_uuid: run };
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}
