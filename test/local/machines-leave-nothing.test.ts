/** However a local cloud ends, the host is as it was. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_DIR } from '../../local/cloud/layout';
import { findLeftovers } from '../../local/cloud/leftovers';
import { readOwner } from '../../local/cloud/owner';
import { findHostProblems } from '../../local/cloud/prerequisites';
import { cleanStaleRuns } from '../../local/cloud/stale-runs';
import { describeAsRoot } from '../as-root';
import { instanceOf, MachinesCloud, readBase } from './machines-cloud';
import { until } from './until';

const scratch = () => readdirSync('/tmp').filter((name) => name.startsWith('nspawn-'));

describeAsRoot('a local cloud leaves nothing behind', () => {
  let rootfs: string;
  beforeAll(async () => {
    ({ rootfs } = await readBase());
  }, 600_000);

  test('when it is stopped with a machine running', async () => {
    const before = scratch();
    const it = await MachinesCloud.start();
    await it.boot(instanceOf(rootfs));
    const { cgroup } = it.cloud;
    expect(findLeftovers(it.runDir, cgroup).length).toBeGreaterThan(0);
    // Throws when something is left.
    await it.stop();
    expect(findLeftovers(it.runDir, cgroup)).toEqual([]);
    expect(scratch()).toEqual(before);
  });

  test('when its local AWS does not start, and says why', async () => {
    await expect(MachinesCloud.start({ awsCommand: ['/bin/false'] })).rejects.toThrow(/did not start/);
  });

  describe('when its owner is killed', () => {
    let runs: string;
    let runDir: string;
    let owner: ChildProcess;
    beforeEach(async () => {
      runs = mkdtempSync(join(tmpdir(), 'muster-killed-'));
      runDir = join(runs, 'run');
      const record = join(runs, 'record.json');
      writeFileSync(record, JSON.stringify(instanceOf(rootfs)));
      owner = spawn(
        process.execPath,
        ['--import', 'tsx', join(__dirname, 'machines-owner.ts'), runDir, record],
        { cwd: PROJECT_DIR, stdio: ['ignore', 'pipe', 'inherit'] },
      );
      let output = '';
      owner.stdout?.on('data', (text: Buffer) => {
        output += text.toString();
      });
      await until(
        'the machine is up',
        () => output,
        (text) => text.includes('up'),
      );
    });
    afterEach(() => {
      owner.kill('SIGKILL');
      rmSync(runs, { recursive: true, force: true });
    });

    test('nothing is left a moment later', async () => {
      const { cgroup } = readOwner(runDir) ?? { cgroup: '' };
      owner.kill('SIGKILL');
      await until(
        'clean',
        () => findLeftovers(runDir, cgroup),
        (found) => found.length === 0,
      );
    });

    test('the next run knows that it died, and tidies up once', async () => {
      owner.kill('SIGKILL');
      await until('died', () => owner.signalCode);
      expect(await cleanStaleRuns(runs)).toEqual([runDir]);
      expect(findLeftovers(runDir, readOwner(runDir)?.cgroup ?? '')).toEqual([]);
      expect(await cleanStaleRuns(runs)).toEqual([]);
    });

    test('a run that is alive is not touched', async () => {
      expect(await cleanStaleRuns(runs)).toEqual([]);
      expect(JSON.parse(readFileSync(join(runDir, 'owner.json'), 'utf8'))).toMatchObject({
        finishedAt: null,
      });
    });
  });
});

describe('a host that will not do', () => {
  const host = { platform: 'linux', uid: 0, path: process.env.PATH ?? '' };

  test.each([
    ['is not Linux', { platform: 'darwin' }, /Linux/],
    ['is used without root', { uid: 1000 }, /sudo/],
    ['lacks programs', { path: '/nowhere' }, /apt-get install systemd-container iproute2/],
  ])('is named when it %s, with the remedy', (_, change, remedy) => {
    expect(findHostProblems({ ...host, ...change }).join('\n')).toMatch(remedy);
  });
});
