/** Machines that stop and start as EC2 instances do, and addresses that go from one to the next. */
import { existsSync } from 'node:fs';
import type { InstanceRecord } from '../../local/machines/instance';
import { describeAsRoot } from '../as-root';
import { instanceOf, MachinesCloud, readBase } from './machines-cloud';
import { until } from './until';

const SUCCESSORS = 20;

describeAsRoot('the power of machines', () => {
  let it: MachinesCloud;
  let rootfs: string;
  beforeAll(async () => {
    ({ rootfs } = await readBase());
    it = await MachinesCloud.start();
  }, 600_000);
  afterAll(() => it.stop());

  const stateOf = async ({ instanceId }: InstanceRecord) =>
    (await it.cloud.machines()).find((machine) => machine.instanceId === instanceId)?.state;

  const stopped = async (machine: InstanceRecord) => {
    await it.power('stop', machine);
    expect(await it.stopped(machine)).toBe('stopped by AWS');
  };

  test('a machine that is stopped and started has its disk, its name and nothing of its last boot', async () => {
    const machine = await it.boot(instanceOf(rootfs));
    const facts = () =>
      it.run(machine, 'bash', '-c', 'cat /etc/machine-id; hostname; stat -c %a /var/lib/docker');
    const before = await facts();
    await it.run(
      machine,
      'bash',
      '-c',
      'touch /root/kept /run/gone; rm /etc/motd; touch /var/lib/docker/kept',
    );
    await stopped(machine);
    expect(await stateOf(machine)).toBe('stopped');
    await it.startAgain(machine);
    expect(await facts()).toBe(before);
    const left = await it.run(
      machine,
      'bash',
      '-c',
      'ls -d /root/kept /run/gone /etc/motd /var/lib/docker/kept',
    );
    expect(left.split('\n')).toEqual(['/root/kept', '/var/lib/docker/kept']);
    expect(existsSync(`${rootfs}/root/kept`)).toBe(false);
    await it.terminate(machine);
  });

  test('a stop of one that is stopped changes nothing', async () => {
    const machine = await it.boot(instanceOf(rootfs));
    await stopped(machine);
    expect(await it.power('stop', machine)).toBe(202);
    expect(await stateOf(machine)).toBe('stopped');
    await it.terminate(machine);
  });

  test('a stopped machine that is terminated has no disk to start from', async () => {
    const machine = await it.boot(instanceOf(rootfs));
    await stopped(machine);
    await it.terminate(machine);
    await until(
      'off',
      () => stateOf(machine),
      (state) => state === 'off',
    );
    expect(await it.power('start', machine)).toBe(404);
  });

  test('a machine that powers itself off can be started when AWS calls it stopped', async () => {
    const machine = await it.boot(instanceOf(rootfs), { stateWhenOff: 'stopped' });
    await it.run(machine, 'systemctl', 'poweroff');
    expect(await it.stopped(machine)).toBe('powered itself off');
    await it.startAgain(machine);
    await it.terminate(machine);
    expect(await it.stopped(machine)).toBe('terminated');
  });

  test('a machine that powers itself off has ended when AWS calls it terminated', async () => {
    const machine = await it.boot(instanceOf(rootfs), { stateWhenOff: 'terminated' });
    await it.run(machine, 'systemctl', 'poweroff');
    await until(
      'off',
      () => stateOf(machine),
      (state) => state === 'off',
    );
    expect(await it.power('start', machine)).toBe(404);
  });

  test('a start of one that runs changes nothing', async () => {
    const machine = await it.boot(instanceOf(rootfs));
    expect(await it.power('start', machine)).toBe(202);
    expect(await it.run(machine, 'systemctl', 'is-active', 'multi-user.target')).toBe('active');
    await it.terminate(machine);
  });

  test('a machine of no group sees no lifecycle, but its user data', async () => {
    const single = {
      group: null,
      lifecycleState: null,
      targetLifecycleState: null,
      userData: 'MUSTER_CI=smoke\n',
    };
    const machine = await it.boot(instanceOf(rootfs, single));
    expect(await it.metadata(machine, 'meta-data/autoscaling/target-lifecycle-state')).toMatch(/404$/);
    expect(await it.metadata(machine, 'user-data')).toContain('MUSTER_CI=smoke');
    expect(await it.metadata(machine, 'meta-data/ami-id')).toBe(`${machine.imageId}\n200`);
    await it.terminate(machine);
  });

  test('machines reach the cloud at once on an address that another one just had, and so do those that stay', async () => {
    const stays = await it.boot(instanceOf(rootfs));
    const privateIp = '10.87.1.1';
    // A machine that the bridge takes for its forerunner is cut off for a minute; a host that stalls is back in seconds.
    const code = ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', '--connect-timeout', '15'];
    const reach = (machine: InstanceRecord) => it.run(machine, ...code, 'http://10.87.0.1:4566/');
    for (let count = 0; count < SUCCESSORS; count++) {
      const machine = instanceOf(rootfs, { privateIp });
      await it.launch(machine);
      await until(
        'has a route',
        () => it.run(machine, 'ip', 'route', 'get', '10.87.0.1').catch(String),
        (route) => route.includes(`src ${privateIp}`),
      );
      expect(await reach(machine)).toBe('200');
      await it.cloud.kill(machine.instanceId);
      await it.stopped(machine);
      expect(await reach(stays)).toBe('200');
    }
    await it.terminate(stays);
  }, 240_000);
});
