import { describeAsRoot } from '../as-root';
import { agentThatCannotStart, agentThatEnds } from './machine/agents';
import { bootMachine, type Machine, type MachineOptions, until } from './machine/machine';
import { useImage } from './machine/rootfs';

const image = useImage();

const quick = { MUSTER_READY_SECONDS: '15', MUSTER_ABANDONED_SECONDS: '1' };

/** One deviation from a perfect machine each, and what its last words must name. */
const failures: Record<string, { options: Partial<MachineOptions>; reason: RegExp }> = {
  'a boot environment of another contract': {
    options: { boot: { MUSTER_CONTRACT: 99 } },
    reason: /contract 99, this image understands 3/,
  },
  'a metadata firewall that does not load': {
    options: { files: { ...agentThatEnds, '/etc/muster/firewall.nft': 'no rules\n' } },
    reason: /Failed before it was ready: muster-firewall\.service/,
  },
  'no runner token': { options: { cloud: { token: null } }, reason: /make secrets FLEET=linux/ },
  'a token that is none': { options: { cloud: { token: 'two words' } }, reason: /holds no token/ },
  'an agent that cannot start': {
    options: { files: agentThatCannotStart },
    reason: /does not start: no such glibc/,
  },
  'a CI that does not answer': { options: { cloud: { ci: 'down' } }, reason: /CI does not answer/ },
  'a place to go that nobody tells': {
    options: { cloud: { targetState: '' } },
    reason: /where this instance is to go/,
  },
  'a clock that is wrong': {
    options: { cloud: { clockAhead: 120 } },
    reason: /clock is off by -1(19|20|21) s/,
  },
  'docker wanted but not baked': {
    options: { boot: { MUSTER_DOCKER: 'rootless' }, without: ['/usr/sbin/dockerd'] },
    reason: /add docker to its toolchains/,
  },
};

describeAsRoot('An instance that is not ready', () => {
  const machines: Record<string, Machine> = {};

  beforeAll(async () => {
    const boots = Object.entries(failures).map(async ([name, { options }]) => {
      machines[name] = await bootMachine({
        ...image,
        files: agentThatEnds,
        manager: quick,
        ...options,
      });
    });
    await Promise.all(boots);
  });
  afterAll(() => Promise.all(Object.values(machines).map((machine) => machine.stop())));

  it.each(Object.entries(failures))(
    'abandons its launch, its reason sent first, and powers off: %s',
    async (name, { reason }) => {
      const machine = machines[name] as Machine;
      const explain = () => machine.console().slice(-500);
      await until('abandoned', async () => machine.calls('CompleteLifecycleAction').length > 0, explain);
      const calls = machine.calls();
      const abandon = calls.findIndex((call) => call.operation === 'CompleteLifecycleAction');
      expect(calls[abandon]?.parameters).toMatchObject({
        LifecycleActionResult: 'ABANDON',
        LifecycleHookName: 'muster-launching',
        AutoScalingGroupName: 'muster-test-linux',
        InstanceId: 'i-0test',
      });
      const words = calls.slice(0, abandon).filter((call) => call.operation === 'PutLogEvents');
      expect(words.map((call) => call.parameters.body).join('\n')).toMatch(reason);
      expect(calls.filter((call) => call.operation.startsWith('CI /agent'))).toEqual([]);
      // The group must not lose its wish for an instance: it replaces this one.
      expect(machine.calls('TerminateInstanceInAutoScalingGroup')).toEqual([]);
      await until('off', () => machine.isOff(), explain);
    },
  );
});

describeAsRoot('An instance that is slow to get ready', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await bootMachine({
      ...image,
      files: agentThatEnds,
      boot: { MUSTER_LAUNCHING_HEARTBEAT: 3 },
      cloud: { ci: 'down' },
    });
  });
  afterAll(() => machine.stop());

  it('renews the heartbeat, and continues once the CI answers, the agent only after that', async () => {
    await until('renewed twice', async () => machine.calls('RecordLifecycleActionHeartbeat').length >= 2);
    expect(machine.calls('CompleteLifecycleAction')).toEqual([]);
    await machine.change({ ci: 'up' });
    await until('the agent ran', async () => machine.calls('CI /agent/ends').length > 0);
    const order = machine.calls().map((call) => call.parameters.LifecycleActionResult ?? call.operation);
    expect(order.indexOf('CONTINUE')).toBeGreaterThan(-1);
    expect(order.indexOf('CONTINUE')).toBeLessThan(order.indexOf('CI /agent/ends'));
  });
});
