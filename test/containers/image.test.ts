/** The image as it is built from the project's Containerfile: what it runs as, what it holds, and what it does not hold. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunnerImage } from '../../local/containers/build-image';
import { readPins } from '../../local/machines/artifact-mirror/pins';
import { describeAsRoot } from '../as-root';
import { BUILD_MS, buildImage } from './task-world';

const PROJECT = join(__dirname, '..', '..');

describeAsRoot('the image of the runner', () => {
  let image: RunnerImage;
  beforeAll(async () => {
    image = await buildImage();
  }, BUILD_MS);

  const inside = (path: string) => join(image.rootfs, path);
  const find = (...words: string[]) =>
    execFileSync('find', [image.rootfs, '-xdev', ...words], { encoding: 'utf8' }).trim();

  test('runs as a user who is not root, known by number and by name', () => {
    expect(image.settings.Config.User).toBe('1001:1001');
    expect(readFileSync(inside('etc/passwd'), 'utf8')).toMatch(
      /^runner:x:1001:1001:[^:]*:\/home\/runner:\/bin\/bash$/m,
    );
    expect(readFileSync(inside('etc/group'), 'utf8')).not.toMatch(/:(.*,)?runner(,.*)?$/m);
  });

  test('starts with an init that reaps processes and passes on signals', () => {
    expect(image.settings.Config.Entrypoint).toEqual([
      '/usr/bin/env',
      '/usr/bin/tini',
      '--',
      '/usr/lib/muster/entrypoint',
    ]);
  });

  test('has no program that gives its user other rights, by bits or by capabilities', () => {
    expect(find('-type', 'f', '-perm', '/6000')).toBe('');
    // getcap(8) is not everywhere; tar tells of the attribute that capabilities are.
    const words = ['--xattrs', '--xattrs-include=security.*', '--create', '--directory', image.rootfs, 'usr'];
    const archive = spawnSync('bash', [
      '-c',
      'tar "$@" | grep --text --count --fixed-strings SCHILY.xattr.security.capability=',
      '',
      ...words,
    ]);
    expect(String(archive.stdout).trim()).toBe('0');
  });

  test('belongs to root but for the runner and its home', () => {
    const owned = find('-user', '1001', '-printf', '/%P\n').split('\n');
    expect(owned.filter((path) => !/^\/(home\/runner|opt\/actions-runner)(\/|$)/.test(path))).toEqual([]);
    expect(lstatSync(inside('usr/lib/muster/entrypoint')).mode & 0o777).toBe(0o755);
  });

  test('has the pinned runner, without the programs for containers of Alpine', () => {
    const facts = JSON.parse(readFileSync(inside('etc/muster/image.json'), 'utf8'));
    const pins = readPins(join(PROJECT, 'provision', 'pins.env'));
    expect(facts).toMatchObject({
      image: 'github-runner',
      toolchains: ['git', 'build-essential'],
      versions: { actions_runner: pins.get('ACTIONS_RUNNER_VERSION') },
    });
    expect(existsSync(inside('opt/actions-runner/run.sh'))).toBe(true);
    expect(readdirSync(inside('opt/actions-runner/externals'))).toEqual([]);
  });

  test('holds nothing of its builder: no keys, logs, ids, lists of packages, runner or credentials', () => {
    expect(find('-name', 'ssh_host_*', '-o', '-name', 'authorized_keys')).toBe('');
    expect(find('-path', '*/var/log/*', '-type', 'f')).toBe('');
    expect(find('-path', '*/var/lib/apt/lists/*', '-type', 'f')).toBe('');
    expect(find('(', '-name', '.runner', '-o', '-name', '.credentials*', '-o', '-name', '.aws', ')')).toBe(
      '',
    );
    expect(find('-name', '_diag')).toBe('');
    expect(readFileSync(inside('etc/machine-id'), 'utf8')).toBe('');
  });

  test('tells in its history and its labels nothing that replaced pins, and no address of the builder', () => {
    const told = JSON.stringify([image.settings.History, image.settings.Config]);
    expect(told).not.toMatch(/127\.0\.0\.1|_SHA256|pins\.env/);
    const words = ['-rIl', '_SHA256_x64=', 'etc', 'tmp', 'run', 'opt', 'root', 'var/tmp'];
    const held = spawnSync('grep', words, { cwd: image.rootfs, encoding: 'utf8' }).stdout;
    expect(held).toBe('');
  });

  test('sets nothing in its environment that looks like a secret', () => {
    const names = image.settings.Config.Env.map((pair) => pair.split('=')[0]).sort();
    expect(names).toEqual([
      'ACTIONS_RUNNER_HOOK_JOB_STARTED',
      'ACTIONS_RUNNER_RETURN_VERSION_DEPRECATED_EXIT_CODE',
      'HOME',
      'LANG',
      'PATH',
      'RUNNER_MANUALLY_TRAP_SIG',
    ]);
  });
});
