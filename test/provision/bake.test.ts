/** The steps of a bake that need no machine: what is downloaded is what was pinned, or nothing is. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const provision = resolve(__dirname, '../../provision');
const content = 'a tool of version 1.2.3';
const checksum = createHash('sha256').update(content).digest('hex');

describe('A download of the bake', () => {
  let folder: string;
  let server: Server;
  let requests: string[];
  let failures: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'muster-fetch-'));
    mkdirSync(join(folder, 'bake'));
    cpSync(join(provision, 'bake/fetch'), join(folder, 'bake/fetch'));
    requests = [];
    failures = 0;
    server = createServer((request, response) => {
      requests.push(request.url ?? '');
      if (failures-- > 0) return void response.writeHead(503).end();
      return void response.end(content);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    write('pins.env', {
      TOOL_VERSION: '1.2.3',
      TOOL_URL: `http://127.0.0.1:${port()}/{version}/{arch}`,
      TOOL_SHA256_x64: checksum,
    });
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const port = () => (server.address() as AddressInfo).port;
  const write = (name: string, pins: Record<string, string>) =>
    writeFileSync(
      join(folder, name),
      Object.entries(pins)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
  const target = () => join(folder, 'tool');
  const fetchTool = () =>
    new Promise<{ status: number; output: string }>((done) => {
      const environment = { ...process.env, MUSTER_BAKE_VERSIONS: join(folder, 'versions') };
      execFile(
        join(folder, 'bake/fetch'),
        ['TOOL', 'x64', target()],
        { env: environment },
        (error, stdout, stderr) => done({ status: error ? Number(error.code) : 0, output: stdout + stderr }),
      );
    });

  it('comes from the pinned address, of the pinned version', async () => {
    expect(await fetchTool()).toEqual({ status: 0, output: '' });
    expect(requests).toEqual(['/1.2.3/x64']);
    expect(existsSync(target())).toBe(true);
  });

  it('stops the bake when its checksum is wrong, and leaves no file; file, expected, seen and remedy are told', async () => {
    const wrong = 'f'.repeat(64);
    write('bake/pins-override.env', { TOOL_SHA256_x64: wrong });
    const { status, output } = await fetchTool();
    expect(status).toBe(1);
    for (const told of ['/1.2.3/x64', wrong, checksum, 'provision/pins.env']) expect(output).toContain(told);
    expect(existsSync(target())).toBe(false);
  });

  it('is refused without a checksum, with the command that prints one', async () => {
    write('bake/pins-override.env', { TOOL_SHA256_x64: '' });
    const { status, output } = await fetchTool();
    expect(status).toBe(1);
    expect(output).toContain('TOOL_SHA256_x64');
    expect(output).toContain('| sha256sum');
    expect(requests).toEqual([]);
  });

  it('can come from another host and version', async () => {
    write('bake/pins-override.env', {
      TOOL_VERSION: '9',
      TOOL_URL: `http://127.0.0.1:${port()}/mirror/{version}`,
    });
    expect((await fetchTool()).status).toBe(0);
    expect(requests).toEqual(['/mirror/9']);
  });

  it('is tried again when the host fails', async () => {
    failures = 2;
    expect((await fetchTool()).status).toBe(0);
    expect(requests).toHaveLength(3);
  });
});
