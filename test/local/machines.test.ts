/** Machines of the local cloud boot, know themselves, and end; whatever happens, nothing of them stays. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeAsRoot } from '../as-root';
import { IMDS, instanceOf, MachinesCloud, readBase } from './machines-cloud';
import { until } from './until';

describeAsRoot('machines', () => {
  let it: MachinesCloud;
  let rootfs: string;
  beforeAll(async () => {
    ({ rootfs } = await readBase());
    it = await MachinesCloud.start();
  }, 600_000);
  afterAll(() => it.stop());

  test('boot with the address, name and endpoint that the cloud gave them', async () => {
    const machine = await it.boot(instanceOf(rootfs));
    expect(await it.run(machine, 'ip', '-4', '-brief', 'address', 'show', 'host0')).toContain(
      `${machine.privateIp}/16`,
    );
    expect(await it.run(machine, 'hostname')).toBe(`ip-${machine.privateIp.replaceAll('.', '-')}`);
    expect(await it.run(machine, 'systemctl', 'show-environment')).toContain(
      'AWS_ENDPOINT_URL=http://10.87.0.1:4566',
    );
  });

  describe('two of one image', () => {
    const make = () => instanceOf(rootfs);
    let one: ReturnType<typeof make>;
    let other: ReturnType<typeof make>;
    beforeAll(async () => {
      [one, other] = await Promise.all([it.boot(make()), it.boot(make())]);
    });

    test('differ in their machine id', async () => {
      const ids = await Promise.all([one, other].map((machine) => it.run(machine, 'cat', '/etc/machine-id')));
      expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
      expect(ids[0]).not.toBe(ids[1]);
    });

    test('see neither what the other writes nor its processes', async () => {
      await it.run(one, 'touch', '/root/of-one');
      expect(await it.run(other, 'ls', '/root/of-one')).toBe('');
      expect(existsSync(join(rootfs, 'root', 'of-one'))).toBe(false);
    });

    test('cannot reach each other, but the services of the cloud', async () => {
      const listen = 'systemd-run --quiet --unit=listener python3 -m http.server 8000';
      await it.run(other, 'bash', '-c', listen);
      await until(
        'listens',
        () => it.run(other, 'curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', 'http://127.0.0.1:8000'),
        (code) => code === '200',
      );
      const reach = (url: string) =>
        it.run(one, 'curl', '-s', '-m', '2', '-o', '/dev/null', '-w', '%{http_code}', url);
      expect(await reach(`http://${other.privateIp}:8000`)).toBe('000');
      expect(await reach('http://10.87.0.1:4567/')).toBe('404');
    });
  });

  test('cannot play with the cloud: neither power nor the CI’s queue', async () => {
    const machine = await it.boot(instanceOf(rootfs));
    const status = (url: string) =>
      it.run(machine, 'curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', url);
    expect(await status('http://10.87.0.1:4568/machines')).toBe('403');
    expect(await status('http://10.87.0.1:4567/_local/jobs')).toBe('403');
  });

  describe('the metadata service', () => {
    let machine: ReturnType<typeof instanceOf>;
    beforeAll(async () => {
      machine = await it.boot(instanceOf(rootfs));
    });

    test.each([
      ['meta-data/placement/availability-zone', 'us-east-1a'],
      ['meta-data/placement/region', 'us-east-1'],
      ['meta-data/instance-type', 'm7i.large'],
      ['meta-data/tags/instance', 'muster:fleet'],
      ['meta-data/tags/instance/muster:fleet', 'linux'],
      ['meta-data/iam/security-credentials/', 'instance'],
      ['meta-data/autoscaling/target-lifecycle-state', 'InService'],
      ['user-data', 'MUSTER_FLEET=linux'],
    ])('has %s', async (path, text) => {
      expect((await it.metadata(machine, path)).split('\n')).toContain(text);
    });

    test('tells a machine about itself', async () => {
      expect(await it.metadata(machine, 'meta-data/instance-id')).toBe(`${machine.instanceId}\n200`);
      expect(await it.metadata(machine, 'meta-data/local-ipv4')).toBe(`${machine.privateIp}\n200`);
    });

    test('has credentials of the role', async () => {
      const answer = await it.metadata(machine, 'meta-data/iam/security-credentials/instance');
      expect(JSON.parse(answer.replace(/\d+$/, ''))).toMatchObject({
        Code: 'Success',
        AccessKeyId: 'ASIAEXAMPLE',
      });
    });

    test.each(['meta-data/spot/instance-action', 'meta-data/spot/termination-time', 'meta-data/no/such'])(
      'has no %s',
      async (path) => {
        expect(await it.metadata(machine, path)).toMatch(/404$/);
      },
    );

    const status = (...curl: string[]) =>
      it.run(machine, 'curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', ...curl);

    test('wants a token of its own', async () => {
      expect(await status(`${IMDS}/meta-data/instance-id`)).toBe('401');
      expect(await status('-H', 'X-aws-ec2-metadata-token: other', `${IMDS}/meta-data/instance-id`)).toBe(
        '401',
      );
    });

    test.each([
      ['without a time to live', [], '400'],
      ['for more than six hours', ['-H', 'X-aws-ec2-metadata-token-ttl-seconds: 21601'], '400'],
      [
        'through a proxy',
        ['-H', 'X-aws-ec2-metadata-token-ttl-seconds: 60', '-H', 'X-Forwarded-For: 1.2.3.4'],
        '403',
      ],
    ])('gives no token %s', async (_, headers, code) => {
      expect(await status('-X', 'PUT', ...headers, `${IMDS}/api/token`)).toBe(code);
    });
  });

  test('power off in order when the cloud terminates them, and say so', async () => {
    const machine = await it.boot(instanceOf(rootfs));
    await it.terminate(machine);
    expect(await it.stopped(machine)).toBe('terminated');
  });

  test('are reported when they power themselves off', async () => {
    const machine = await it.boot(instanceOf(rootfs));
    await it.run(machine, 'systemctl', 'poweroff');
    expect(await it.stopped(machine)).toBe('powered itself off');
  });

  test('are reported when they die suddenly, and leave their journal', async () => {
    const machine = await it.boot(instanceOf(rootfs));
    await it.run(machine, 'journalctl', '--flush');
    await it.cloud.kill(machine.instanceId);
    expect(await it.stopped(machine)).toBe('power cut');
    const folder = join(it.runDir, 'machines', machine.instanceId);
    expect(existsSync(join(folder, 'console.log'))).toBe(true);
    expect(existsSync(join(folder, 'journal'))).toBe(true);
  });

  test('that hang in their shutdown lose their power after the grace', async () => {
    const quick = await MachinesCloud.start({ graceSeconds: 1 });
    try {
      const machine = await quick.boot(instanceOf(rootfs));
      const hang = ['--property=ExecStop=/bin/sleep 60', '--property=TimeoutStopSec=60'];
      await quick.run(machine, 'systemd-run', '--unit=hangs', ...hang, 'sleep', 'infinity');
      await quick.terminate(machine);
      expect(await quick.stopped(machine)).toBe('terminated');
    } finally {
      await quick.stop();
    }
  });

  test('a launch that is asked twice boots one machine', async () => {
    const machine = instanceOf(rootfs);
    await it.launch(machine);
    await it.launch(machine);
    const views = await it.cloud.machines();
    expect(views.filter(({ instanceId }) => instanceId === machine.instanceId)).toHaveLength(1);
  });

  test('one that finds no place in the network is told of, and takes nobody with it', async () => {
    const lost = instanceOf(rootfs, { privateIp: '10.87.1.300' });
    await it.launch(lost);
    const told = () => it.log.filter((line) => line.startsWith(`${lost.instanceId} has no network: `));
    await until('told', told, (lines) => lines.length > 0);
    await it.terminate(lost);
    expect(await it.stopped(lost)).toBe('terminated');
  });

  test('an image that was not baked for here is refused', async () => {
    await expect(it.launch(instanceOf(rootfs, { imageTags: {} }))).rejects.toThrow(/local:rootfs/);
  });

  test('a command tells its exit code and both its outputs', async () => {
    const machine = await it.boot(instanceOf(rootfs));
    const script = 'echo out; echo err >&2; exit 3';
    const result = await it.cloud.exec(machine.instanceId, ['bash', '-c', script]);
    expect(result).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
  });
});
