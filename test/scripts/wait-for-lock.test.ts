/** Terraform itself, with a resource that it has built in and a state in a file: nothing is fetched. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCdktf } from '../../scripts/run-cdktf';
import { waitForLock } from '../../scripts/wait-for-lock';

// Terraform starts twice; the machine may be busy.

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-lock-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const base = { PATH: process.env.PATH, HOME: process.env.HOME, CHECKPOINT_DISABLE: '1' };

function terraform(command: string, variables: Record<string, string> = {}) {
  const child = spawn('terraform', [command, '-no-color'], {
    cwd: directory,
    env: { ...base, ...variables },
  });
  let output = '';
  const seen = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = (chunk: Buffer) => {
        output += chunk;
        if (output.includes(text)) resolve();
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.once('error', reject);
      child.once('close', () => reject(new Error(`terraform ${command} never said "${text}": ${output}`)));
    });
  const status = new Promise((resolve) => child.once('close', resolve));
  return { child, seen, status };
}

describe('while another run has the state', () => {
  let other: ReturnType<typeof terraform>;
  beforeEach(async () => {
    writeFileSync(join(directory, 'main.tf'), 'resource "terraform_data" "it" {}\n');
    execFileSync('terraform', ['init', '-no-color'], { cwd: directory, env: base, stdio: 'pipe' });
    other = terraform('apply');
    // It asks, with the lock in its hand.
    await other.seen('Enter a value:');
  });
  afterEach(async () => {
    other.child.kill();
    await other.status;
  });

  test('a plan waits until it is free', async () => {
    const { seen, status } = terraform('plan', waitForLock({}));
    await seen('Acquiring state lock');
    other.child.stdin.end('no\n');
    expect(await status).toBe(0);
  });

  test("the operator's own arguments win", async () => {
    const { seen, status } = terraform('plan', waitForLock({ TF_CLI_ARGS_plan: '-lock-timeout=0s' }));
    await seen('Error acquiring the state lock');
    expect(await status).toBe(1);
  });
});

test.each(['diff', 'deploy', 'destroy'] as const)('cdktf %s gets it for Terraform', async (command) => {
  const bin = join(directory, 'node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'cdktf'), '#!/usr/bin/env bash\nenv >given\n');
  chmodSync(join(bin, 'cdktf'), 0o755);
  const before = process.cwd();
  process.chdir(directory);
  try {
    await runCdktf({ command, environment: 'dev', variables: base });
  } finally {
    process.chdir(before);
  }
  const name = `TF_CLI_ARGS_${command === 'diff' ? 'plan' : command === 'deploy' ? 'apply' : command}`;
  expect(readFileSync(join(directory, 'given'), 'utf8')).toContain(`${name}=-lock-timeout=`);
});
