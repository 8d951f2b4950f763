import { describeAsRoot } from '../as-root';
import { agentThatWaits } from './machine/agents';
import { bootMachine, type Machine, until } from './machine/machine';
import { BAKE_MS, readRootfs } from './machine/rootfs';

/** More than fits one call, less than journald takes from one source in 30 s. */
const LINES = 9_500;
const throttle = {
  operation: 'PutLogEvents',
  status: 400,
  code: 'ThrottlingException',
  message: 'Rate exceeded',
};

describeAsRoot('The journal of an instance', () => {
  let machine: Machine;
  beforeAll(async () => {
    const rootfs = await readRootfs();
    machine = await bootMachine({ rootfs, files: agentThatWaits });
    await until('the agent waits', () => machine.calls('CI /agent/waits').length > 0);
  }, BAKE_MS);
  afterAll(() => machine?.stop());

  const batches = () =>
    machine
      .calls('PutLogEvents')
      .filter((call) => !call.refused)
      .map((call) => JSON.parse(call.parameters.body ?? '{}'));
  const messages = (): string[] =>
    batches().flatMap((batch) => batch.logEvents.map((event: { message: string }) => event.message));

  it('goes to the stream of the instance in the log group of its fleet', async () => {
    await until('shipped', () => batches().length > 0);
    expect(batches()[0]).toMatchObject({ logGroupName: '/muster/test/linux', logStreamName: 'i-0test' });
    expect(machine.calls('CreateLogStream').length).toBeGreaterThan(0);
  });

  it('arrives whole, once and in order, within the limits of a call, throttled and restarted in between', async () => {
    await machine.change({ faults: [{ ...throttle, count: 2 }] });
    machine.run(
      'bash',
      '-c',
      `for ((i = 0; i < ${LINES}; i++)); do echo "line-$i"; done | systemd-cat --identifier=flood`,
    );
    machine.run(
      'bash',
      '-c',
      'head --bytes=400000 /dev/zero | tr "\\0" x | fold --width=40000 | systemd-cat --identifier=wide',
    );
    machine.run('systemctl', 'restart', 'muster-ship.service');
    await until(
      'all of it',
      () =>
        messages().includes(`flood: line-${LINES - 1}`) &&
        messages().filter((m) => m.startsWith('wide: ')).length === 10,
      () => machine.run('journalctl', '--unit=muster-ship', '--no-pager', '--lines=20').output,
    );
    const flood = messages().filter((message) => message.startsWith('flood: line-'));
    expect(flood.length).toBe(LINES);
    expect(flood.findIndex((message, index) => message !== `flood: line-${index}`)).toBe(-1);
    for (const batch of batches()) {
      expect(batch.logEvents.length).toBeLessThanOrEqual(10_000);
      const bytes = batch.logEvents.reduce(
        (sum: number, { message }: { message: string }) => sum + Buffer.byteLength(message) + 26,
        0,
      );
      expect(bytes).toBeLessThanOrEqual(1_048_576);
      const times = batch.logEvents.map((event: { timestamp: number }) => event.timestamp);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });
});
