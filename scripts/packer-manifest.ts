import { z } from 'zod';
import { ExpectedError } from './expected-error';

const manifest = z.object({
  builds: z.array(z.object({ artifact_id: z.string(), packer_run_uuid: z.string() })),
  last_run_uuid: z.string(),
});

/** The AMI that the last run of Packer made in the region; artifact ids look like eu-central-1:ami-0123,us-east-1:ami-4567. */
export function parseManifest(text: string, region: string): string {
  const { builds, last_run_uuid: lastRun } = manifest.parse(JSON.parse(text));
  const artifacts = builds
    .filter((build) => build.packer_run_uuid === lastRun)
    .flatMap((build) => build.artifact_id.split(','));
  const amiId = artifacts.find((artifact) => artifact.startsWith(`${region}:`))?.slice(region.length + 1);
  if (!amiId) {
    throw new ExpectedError(
      `Packer's manifest names no AMI in ${region} for its last run (${lastRun}). Seen: ${artifacts.join(', ') || 'nothing'}.`,
    );
  }
  return amiId;
}
