import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { parse as parseDrain } from '../../lambda/drain/settings';
import { parse as parseHousekeeper } from '../../lambda/housekeeper/settings';
import { parse as parseScaler } from '../../lambda/scaler/settings';
import { parse as parseWebhook } from '../../lambda/webhook/settings';
import { toHousekeeperSettings } from '../../stacks/control/to-housekeeper-settings';
import { toSettings } from '../../stacks/control/to-settings';
import { toWebhookSettings } from '../../stacks/control/to-webhook-settings';
import { toDrainSettings } from '../../stacks/drain/to-drain-settings';
import { type Packages, publishPackages } from '../../stacks/lambda/publish-packages';
import { ALL_OPTIONS, buildConfig } from './perfect-config';

const config = buildConfig(ALL_OPTIONS);
const NAMES = ['scaler', 'drain', 'housekeeper', 'webhook'] as const;
const SETTINGS = {
  scaler: { parse: parseScaler, expected: toSettings(config) },
  drain: { parse: parseDrain, expected: toDrainSettings(config) },
  housekeeper: { parse: parseHousekeeper, expected: toHousekeeperSettings(config) },
  webhook: { parse: parseWebhook, expected: toWebhookSettings(config) },
};

function publishAll(of: typeof config, directory: string): Required<Packages> {
  const { webhook, ...others } = publishPackages({ config: of, directory });
  if (!webhook) throw new Error('The config has no webhook.');
  return { ...others, webhook };
}

test('without job webhooks there is no package for them', () => {
  const directory = mkdtempSync(join(tmpdir(), 'muster-package-'));
  try {
    expect(publishPackages({ config: buildConfig(), directory })).not.toHaveProperty('webhook');
  } finally {
    rmSync(directory, { recursive: true });
  }
});

describe('the package of', () => {
  let directory: string;
  let packages: Required<Packages>;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'muster-package-'));
    packages = publishAll(config, directory);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test.each(NAMES)('the %s holds the code and the settings that it runs with', (name) => {
    const files = unzipSync(readFileSync(packages[name].file));
    expect(Object.keys(files)).toEqual(['index.js', 'settings.json']);
    const { parse, expected } = SETTINGS[name];
    expect(parse(new TextDecoder().decode(files['settings.json']))).toEqual(expected);
  });

  test.each(NAMES)('the %s has a handler', (name) => {
    const exported = require(join(directory, name, 'index.js'));
    expect(exported.handler).toBeInstanceOf(Function);
  });

  test.each(NAMES)('the %s is under 500 KB', (name) => {
    expect(statSync(packages[name].file).size).toBeLessThan(500_000);
  });

  test('each is the same in another folder and time zone, so that a plan without a change shows none', () => {
    const zone = process.env.TZ;
    try {
      process.env.TZ = 'Pacific/Auckland';
      const again = publishAll(config, join(directory, 'again'));
      for (const name of NAMES) expect(again[name].sha256Base64).toBe(packages[name].sha256Base64);
    } finally {
      process.env.TZ = zone ?? '';
    }
  });

  test('each changes when its settings do', () => {
    const changed = publishAll({ ...config, environment: 'prd' }, join(directory, 'prd'));
    for (const name of NAMES) expect(changed[name].sha256Base64).not.toBe(packages[name].sha256Base64);
  });
});
