import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describeAsRoot } from '../as-root';
import { BAKE_MS, readRootfs } from './machine/rootfs';

const planted: Record<string, RegExp> = {
  'SSH host keys': /no SSH host keys/,
  "the builder's key": /no authorized keys/,
  'a machine id': /no machine id/,
  'a random seed': /no random seed/,
  logs: /no logs/,
  'package lists': /no package lists/,
  'DHCP leases': /no DHCP leases/,
  'a shell history': /no shell history/,
  'a runner token': /no runner token/,
  'credentials of AWS': /no credentials of AWS/,
  'the network of the builder': /no network of the builder/,
  'state of the SSM agent': /no state of the SSM agent/,
  'settings of the bake': /no settings of the bake/,
  'sudo for the job user': /may not sudo/,
  'another sudo rule': /only muster has sudo rules/,
  'a group of the job user': /in no group but its own/,
  'another user': /nobody else can log in/,
  'a unit that is not enabled': /muster-watch\.service is enabled/,
  'a timer that is not enabled': /muster-watchdog\.timer is enabled/,
  'an sshd that starts': /ssh\.service does not start at boot/,
  'a firewall that does not load': /the firewall loads/,
  'a cloud-init that runs user data': /cloud-init ignores user data/,
  'a toolchain that does not run': /a job has git/,
  'state of an instance': /no state of an instance/,
  'an agent of another version': /the circleci agent is /,
  "the user of GitLab's package": /GitLab's package made no user/,
  "the service of GitLab's package": /no service of GitLab's package/,
  "the configuration of GitLab's package": /no configuration of the gitlab agent/,
};

describeAsRoot('verify-image', () => {
  let rootfs: string;
  let scripts: string;
  beforeAll(async () => {
    rootfs = await readRootfs();
    scripts = mkdtempSync(join(tmpdir(), 'muster-verify-'));
    cpSync(resolve(__dirname, '../../provision/bake/verify-image'), join(scripts, 'verify-image'));
    cpSync(join(__dirname, 'machine/plant-defects.sh'), join(scripts, 'plant-defects.sh'));
  }, BAKE_MS);
  afterAll(() => rmSync(scripts, { recursive: true, force: true }));

  const run = (script: string) => {
    const { status, stdout, stderr } = spawnSync(
      join(__dirname, 'machine/run-in-image.sh'),
      [rootfs, scripts, 'bash', `/run/verify/${script}`],
      { encoding: 'utf8' },
    );
    return { status, output: stdout + stderr };
  };

  it('finds nothing wrong with the image that was baked', () => {
    expect(run('verify-image')).toEqual({ status: 0, output: 'The image is as promised.\n' });
  });

  describe('on an image with defects', () => {
    let result: ReturnType<typeof run>;
    beforeAll(() => {
      result = run('plant-defects.sh');
    });

    it('fails', () => expect(result.status).toBe(1));
    it.each(Object.entries(planted))('names %s', (_, claim) => {
      const named = result.output.split('\n').filter((line) => line.startsWith('NOT SO: '));
      expect(named.filter((line) => claim.test(line)).length).toBe(1);
    });
  });
});
