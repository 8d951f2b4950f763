/**
 * Builds the deployment packages of our Lambdas: one bundled file and its settings each, zipped. The same sources and
 * settings give the same bytes on every machine and day, so that a plan without a change shows none.
 */

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import type { Config } from '../../config/schema';
import { serialize as serializeDrain } from '../../lambda/drain/settings';
import { serialize as serializeHousekeeper } from '../../lambda/housekeeper/settings';
import { BUNDLE, serialize as serializeScaler } from '../../lambda/scaler/settings';
import { serialize as serializeWebhook } from '../../lambda/webhook/settings';
import { toHousekeeperSettings } from '../control/to-housekeeper-settings';
import { toSettings } from '../control/to-settings';
import { toWebhookSettings } from '../control/to-webhook-settings';
import { toWebhookAccounts } from '../control/webhook-statements';
import { toDrainSettings } from '../drain/to-drain-settings';
import { zipAlike } from './zip-alike';

export interface LambdaPackage {
  file: string;
  /** As AWS reports the hash of a function's code. */
  sha256Base64: string;
}

/** By the folder in lambda/ that holds the sources, with index.ts as the entry. */
export interface Packages {
  scaler: LambdaPackage;
  drain: LambdaPackage;
  housekeeper: LambdaPackage;
  /** Only where an account takes job events. */
  webhook?: LambdaPackage;
}

const SOURCES = join(__dirname, '../../lambda');

export function publishPackages({
  config,
  directory,
}: {
  config: Config;
  /** Holds the results: <name>/ (unpacked) and <name>.zip. */
  directory: string;
}): Packages {
  const settings: Record<keyof Packages, string | undefined> = {
    scaler: serializeScaler(toSettings(config)),
    drain: serializeDrain(toDrainSettings(config)),
    housekeeper: serializeHousekeeper(toHousekeeperSettings(config)),
    webhook: toWebhookAccounts(config).length > 0 ? serializeWebhook(toWebhookSettings(config)) : undefined,
  };
  const present = Object.entries(settings).flatMap(([name, text]) =>
    text ? [{ name, settings: text }] : [],
  );
  // All at once: starting esbuild takes as long as bundling.
  buildSync({
    entryPoints: present.map(({ name }) => ({
      in: join(SOURCES, name, 'index.ts'),
      out: `${name}/index`,
    })),
    outdir: directory,
    ...BUNDLE,
    mainFields: [...BUNDLE.mainFields],
    legalComments: 'none',
    logLevel: 'error',
  });
  return Object.fromEntries(
    present.map((one) => [one.name, publishPackage({ directory, ...one })]),
  ) as unknown as Packages;
}

function publishPackage(props: { directory: string; name: string; settings: string }): LambdaPackage {
  const { directory, name, settings } = props;
  const unpacked = join(directory, name);
  writeFileSync(join(unpacked, 'settings.json'), settings);
  const zip = zipAlike({
    'index.js': { content: readFileSync(join(unpacked, 'index.js')), kind: 'plain' },
    'settings.json': { content: Buffer.from(settings), kind: 'plain' },
  });
  const file = join(directory, `${name}.zip`);
  writeFileSync(file, zip);
  return { file, sha256Base64: createHash('sha256').update(zip).digest('base64') };
}
