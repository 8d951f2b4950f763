/** A local bake makes an image once from the same inputs, and a bake that fails or is stopped leaves none. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configSchema } from '../../config/schema';
import { chooseMirror } from '../../local/machines/apt-mirror';
import { parsePins, toOverride } from '../../local/machines/artifact-mirror/pins';
import { bakeImage } from '../../local/machines/bake';
import type { BakeRequest } from '../../local/machines/bake-request';
import { describeAsRoot } from '../as-root';
import { BakeFolder } from './bake-folder';
import { until } from './until';

describeAsRoot('a local bake', () => {
  let folder: BakeFolder;
  let request: BakeRequest;
  const log: string[] = [];

  beforeAll(async () => {
    folder = await BakeFolder.make();
    request = {
      environment: 'test',
      image: 'runner',
      definition: configSchema.shape.images.unwrap().valueType.parse({
        architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
        agents: ['circleci'],
        toolchains: [],
      }),
      source: folder.source,
      stateDir: folder.stateDir,
      onLog: (line) => void log.push(line),
    };
  }, 600_000);
  afterAll(() => folder.remove());
  beforeEach(() => writeScript('true'));

  const writeScript = (script: string) => folder.writeScript(script);
  const images = () => folder.images();

  test('makes a root directory with what Packer did, and nothing of its own', async () => {
    writeScript(
      'echo baked >/etc/baked; test -s /etc/resolv.conf; curl -fsS -o /usr/bin/circleci-runner.tar.gz "$(sed -n s/^CIRCLECI_RUNNER_URL=//p "$PINS")"',
    );
    const image = await bakeImage(request);
    expect(image.baked).toBe(true);
    const inside = (path: string) => join(image.rootfs, path);
    expect(readFileSync(inside('etc/baked'), 'utf8')).toBe('baked\n');
    expect(existsSync(inside('usr/bin/circleci-runner.tar.gz'))).toBe(true);
    for (const path of ['root/.ssh/authorized_keys', 'etc/resolv.conf', 'run/muster-bake', 'etc/hostname'])
      expect(existsSync(inside(path)) && path).toBe(false);

    const again = await bakeImage(request);
    expect(again).toMatchObject({ hash: image.hash, rootfs: image.rootfs, baked: false });
  });

  test('is the same image however many of it are kept', async () => {
    const first = await bakeImage(request);
    const definition = { ...request.definition, keep: 9, shareWith: ['123456789012'] };
    expect(await bakeImage({ ...request, definition })).toMatchObject({ hash: first.hash, baked: false });
  });

  test('is made again when an input changes', async () => {
    const first = await bakeImage(request);
    writeScript('echo other');
    expect((await bakeImage(request)).hash).not.toBe(first.hash);
  });

  test('that fails leaves no image, and its log says why', async () => {
    const before = images();
    writeScript('echo the reason; exit 9');
    const message = await bakeImage(request).catch((error: Error) => error.message);
    expect(message).toMatch(/the reason/);
    expect(images()).toEqual(before);
    const file = /log is (\S+\.log)/.exec(String(message))?.[1] ?? '';
    expect(readFileSync(file, 'utf8')).toContain('the reason');
  });

  test('that is stopped leaves no image', async () => {
    const before = images();
    writeScript('echo "== under way"; sleep 300');
    const controller = new AbortController();
    log.length = 0;
    const baking = bakeImage({ ...request, signal: controller.signal });
    await until(
      'under way',
      () => log,
      (lines) => lines.includes('under way'),
    );
    controller.abort(new Error('stopped by the test'));
    await expect(baking).rejects.toThrow('stopped by the test');
    expect(images()).toEqual(before);
  });

  test('of an image for another processor is refused', async () => {
    const architecture = process.arch === 'arm64' ? 'x86_64' : 'arm64';
    const definition = { ...request.definition, architecture } as const;
    await expect(bakeImage({ ...request, definition })).rejects.toThrow(/architecture/);
  });
});

describe('the Debian mirror of a bake', () => {
  const DEBIAN = 'NAME="Debian GNU/Linux"\nID=debian\n';
  const OWN = 'Types: deb\nURIs: http://mirror.example/debian/\nSuites: bookworm\n';

  test('is that of a Debian host', () => {
    expect(chooseMirror(DEBIAN, [OWN]).main).toBe('http://mirror.example/debian');
  });

  test.each([
    ['another distribution', 'ID=ubuntu\n', OWN],
    ['a host whose sources are no Debian', DEBIAN, 'deb http://other.example/repository main\n'],
    ['a source that is commented out', DEBIAN, '# deb http://mirror.example/debian bookworm main\n'],
  ])('is Debian’s own for %s', (_, release, sources) => {
    expect(chooseMirror(release, [sources]).main).toBe('http://deb.debian.org/debian');
  });
});

describe('the pins of a local bake', () => {
  test('name version, address and checksum of each artifact, and read back', () => {
    const artifact = {
      pin: 'NODE',
      version: '20.0.0',
      arch: 'x64',
      file: '/some/where/node.tar.gz',
      sha256: 'abc',
    };
    expect(Object.fromEntries(parsePins(toOverride([artifact], 'http://127.0.0.1:1')))).toEqual({
      NODE_VERSION: '20.0.0',
      NODE_URL: 'http://127.0.0.1:1/node.tar.gz',
      NODE_SHA256_x64: 'abc',
    });
  });
});
