import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { change } from './perfect';

const root = join(__dirname, '../..');

function check(directory: string, ...environments: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'config/check.ts', ...environments],
    { cwd: root, encoding: 'utf8', env: { PATH: process.env.PATH, MUSTER_CONFIG_DIR: directory } },
  );
  return { status, stdout, stderr };
}

test('a sound config is told in a line', () => {
  const { status, stdout, stderr } = check('config', 'dev', 'local');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(
    /^config\/dev\.yaml: sound: \d+ fleets? .*\nconfig\/local\.yaml: sound: \d+ fleets? .*\n$/,
  );
});

test('every problem of a broken one is told, and nothing of our code', () => {
  const directory = mkdtempSync(join(tmpdir(), 'muster-config-'));
  try {
    writeFileSync(join(directory, 'dev.yaml'), change('warm: 2', 'warm: 6', change('max: 3', 'max: 0')));
    const { status, stdout, stderr } = check(directory);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.match(/dev\.yaml:\d+:\d+/g)).toHaveLength(2);
    expect(stderr).not.toMatch(/ at .*\.ts/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
