import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { parse } from '../../lambda/scaler/settings';
import { publishScalerPackage } from '../../stacks/control/scaler-package';
import { toSettings } from '../../stacks/control/to-settings';
import { buildConfig } from './perfect-config';

describe('the package of the scaler', () => {
  const config = buildConfig();
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'muster-package-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test('holds the code and the settings that it runs with', () => {
    const { file } = publishScalerPackage({ config, directory });
    const files = unzipSync(readFileSync(file));
    expect(Object.keys(files)).toEqual(['index.js', 'settings.json']);
    const settings = new TextDecoder().decode(files['settings.json']);
    expect(parse(settings)).toEqual(toSettings(config));
  });

  test('is the same in another folder and time zone, so that a plan without a change shows none', () => {
    const zone = process.env.TZ;
    const first = publishScalerPackage({ config, directory: join(directory, 'a') });
    try {
      process.env.TZ = 'Pacific/Auckland';
      const second = publishScalerPackage({ config, directory: join(directory, 'b') });
      expect(second.sha256Base64).toBe(first.sha256Base64);
    } finally {
      process.env.TZ = zone ?? '';
    }
  });

  test('changes when the settings do', () => {
    const first = publishScalerPackage({ config, directory });
    const second = publishScalerPackage({ config: { ...config, environment: 'prd' }, directory });
    expect(second.sha256Base64).not.toBe(first.sha256Base64);
  });

  test('is under 500 KB', () => {
    expect(statSync(publishScalerPackage({ config, directory }).file).size).toBeLessThan(500_000);
  });
});
