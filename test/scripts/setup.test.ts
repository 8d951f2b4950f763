/** Set-up on a copy of what it reads, with what is installed here linked in: fast, and without the network. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeTemporaryDirectory } from './temporary-file';

function makeCopy(): string {
  const copy = makeTemporaryDirectory();
  for (const path of ['scripts', 'local/aws', 'package.json', 'package-lock.json']) {
    cpSync(path, join(copy, path), { recursive: true });
  }
  mkdirSync(join(copy, '.muster'));
  return copy;
}

function linkInstalled(copy: string): void {
  for (const path of ['node_modules', '.muster/venv', '.muster/bin']) {
    if (existsSync(path)) symlinkSync(resolve(path), join(copy, path));
  }
}

function setup(copy: string, variables: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(join(copy, 'scripts/setup'), {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...variables },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('a set-up machine has nothing to do', () => {
  const copy = makeCopy();
  linkInstalled(copy);
  expect(setup(copy)).toMatchObject({ status: 0, stdout: '' });
});

test('what will change is listed, and only listed on DRY_RUN', () => {
  const copy = makeCopy();
  const { status, stdout } = setup(copy, { DRY_RUN: '1' });
  expect(status).toBe(0);
  expect(stdout).toMatch(/node_modules/);
  expect(stdout).toMatch(/\.muster\/venv/);
  expect(existsSync(join(copy, 'node_modules'))).toBe(false);
  expect(readdirSync(join(copy, '.muster'))).toEqual(['setup.lock']);
});

test('an interrupted npm ci is done again', () => {
  const copy = makeCopy();
  // npm writes its own record last.
  mkdirSync(join(copy, 'node_modules', 'zod'), { recursive: true });
  expect(setup(copy, { DRY_RUN: '1' }).stdout).toMatch(/node_modules/);
});

test('changed Python requirements are installed', () => {
  const copy = makeCopy();
  linkInstalled(copy);
  writeFileSync(join(copy, 'scripts/setup.d/requirements-check.txt'), 'ruff==0.0.1\n');
  expect(setup(copy, { DRY_RUN: '1' }).stdout).toMatch(/\.muster\/venv/);
});

test('a machine without Node is told how to get it', () => {
  const copy = makeCopy();
  const bin = join(copy, 'bin');
  mkdirSync(bin);
  for (const program of ['bash', 'dirname', 'uname', 'python3', 'env']) {
    const path = spawnSync('bash', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(path, join(bin, program));
  }
  const { status, stderr } = setup(copy, { PATH: bin });
  expect(status).toBe(1);
  expect(stderr).toMatch(/Node .* missing.*nodejs\.org/s);
});
