/** The SSM document of an environment, from document.yaml and the config: JSON. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { DRAIN_MARGIN_MINUTES } from '../../config/drain-margin';
import { toGroups } from '../../config/groups';
import type { Config } from '../../config/schema';

const DOCUMENT = join(__dirname, 'document.yaml');

/** What Systems Manager allows: 48 h, as long as a lifecycle hook can be kept waiting. */
const MOST_SECONDS = 172_800;

export function toDocument(config: Config): string {
  const limits = toGroups(config).map(({ jobLimitMinutes }) => jobLimitMinutes);
  // Nothing that launches, nothing to drain: as short as can be.
  const longest = (Math.max(0, ...limits) + DRAIN_MARGIN_MINUTES) * 60;
  const document = parse(readFileSync(DOCUMENT, 'utf8'));
  for (const { inputs } of document.mainSteps)
    inputs.timeoutSeconds = String(Math.min(longest, MOST_SECONDS));
  return JSON.stringify(document);
}
