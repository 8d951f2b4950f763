/** The contract between the stacks and the instance: what is written is what is read. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toUserData } from '../../stacks/boot-environment';
import { toBootEnvironment } from '../../stacks/fleet/to-boot-environment';
import { ALL_OPTIONS, buildConfig } from './perfect-config';

const ROOTFS = join(__dirname, '../../provision/rootfs');

/** Read as `MUSTER_$1_HOOK`. */
const READ_BY_COMPOSED_NAME = ['MUSTER_LAUNCHING_HOOK', 'MUSTER_TERMINATING_HOOK'];

const config = buildConfig(ALL_OPTIONS);
const [fleet] = config.fleets;
if (!fleet) throw new Error('The config has no fleet.');
const written = toBootEnvironment(config, fleet);

const sources = readdirSync(ROOTFS, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  .join('\n');
const namesIn = (pattern: RegExp) => new Set([...sources.matchAll(pattern)].map(([, name]) => name ?? ''));
const READ = namesIn(/\b(MUSTER_[A-Z_]*[A-Z])\b/g);
/** A name that has a default is a setting of the image itself; one that is assigned is the image's own. */
const OPTIONAL = namesIn(/\$\{(MUSTER_[A-Z_]+):?[-+]/g);
const ASSIGNED = namesIn(/\b(MUSTER_[A-Z_]+)=/g);

describe('the boot environment', () => {
  test('holds everything that the image reads', () => {
    const missing = [...READ].filter(
      (name) => !(name in written) && !OPTIONAL.has(name) && !ASSIGNED.has(name),
    );
    expect(missing).toEqual([]);
  });

  test('holds nothing that the image does not read', () => {
    const unread = Object.keys(written).filter(
      (name) => !READ.has(name) && !READ_BY_COMPOSED_NAME.includes(name),
    );
    expect(unread).toEqual([]);
  });

  test('reads the same in bash as it was written', () => {
    const directory = mkdtempSync(join(tmpdir(), 'muster-boot-'));
    try {
      const file = join(directory, 'boot.env');
      writeFileSync(file, toUserData(written));
      const script = join(__dirname, 'read-environment.sh');
      const read = execFileSync(script, [file, ...Object.keys(written)], { encoding: 'utf8' });
      expect(read.split('\n').slice(0, -1)).toEqual(Object.values(written).map(String));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('says what the config says', () => {
    expect(written).toMatchObject({
      MUSTER_GROUP: 'muster-dev-linux',
      MUSTER_CI_URL: 'https://ci.example.com',
      MUSTER_QUEUE: 'acme/linux',
      MUSTER_JOB_LIMIT: 36_000,
      MUSTER_IDLE_TIMEOUT: 120,
      MUSTER_DOCKER: 'rootless',
      MUSTER_PROXY: 'http://proxy.example.com:3128',
      MUSTER_NO_PROXY: '.example.com',
    });
  });

  test('says what a fleet of GitLab serves, and how', () => {
    const gitlab = config.fleets.find(({ name }) => name === 'forge');
    if (!gitlab) throw new Error('The config has no fleet of GitLab.');
    expect(toBootEnvironment(config, gitlab)).toMatchObject({
      MUSTER_CI: 'gitlab',
      MUSTER_CI_URL: 'https://gitlab.example.com',
      MUSTER_QUEUE: '7',
      MUSTER_SERVES: 'many-jobs',
      MUSTER_SLOTS: 4,
      MUSTER_EXECUTOR: 'docker',
      MUSTER_DOCKER_IMAGE: 'debian:13',
      MUSTER_IMAGE_PARAMETER: '/muster/dev/image/builder',
      MUSTER_MAX_AGE: 172_800,
    });
  });

  test('reaches AWS beside the proxy where endpoints answer for it', () => {
    const closed = buildConfig({
      ...ALL_OPTIONS,
      network: { kind: 'new', zones: 1, subnets: 'private', nat: 'none' },
    });
    expect(toBootEnvironment(closed, fleet).MUSTER_NO_PROXY).toBe('.us-east-1.amazonaws.com,.example.com');
  });

  test.each(['a b', 'a"b', '$HOME', 'a\nb', 'a;b', "a'b", '`id`'])('refuses to carry %j', (value) => {
    expect(() => toUserData({ ...written, MUSTER_QUEUE: value })).toThrow('MUSTER_QUEUE');
  });
});
