import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeAsRoot } from '../as-root';
import {
  agentThatDiesBesideJob,
  agentThatEnds,
  agentThatHangs,
  agentThatHangsWithJob,
  agentWithJob,
} from './machine/agents';
import { bootGitlabMachine } from './machine/gitlab';
import { bootMachine, type Machine, until } from './machine/machine';
import { useImage } from './machine/rootfs';

const image = useImage();

const desiredIsMin = {
  operation: 'TerminateInstanceInAutoScalingGroup',
  status: 400,
  code: 'ValidationError',
  message:
    "Currently, desiredSize equals minSize (0). Terminating instance without replacement will violate group's min size constraint.",
  count: 1,
};
const throttled = {
  operation: 'TerminateInstanceInAutoScalingGroup',
  status: 400,
  code: 'Throttling',
  message: 'Rate exceeded',
  count: 2,
};
const noHookWaits = {
  operation: 'CompleteLifecycleAction',
  status: 400,
  code: 'ValidationError',
  message: 'No active Lifecycle Action found',
  count: 3,
};

describeAsRoot('Leaving', () => {
  let machine: Machine;
  let seen = 0;
  beforeAll(async () => {
    machine = await bootMachine({ ...image, files: agentThatEnds });
  });
  afterAll(() => machine.stop());

  const newCalls = async (operation: string) =>
    machine
      .calls()
      .slice(seen)
      .filter((call) => call.operation === operation);
  const completed = () =>
    until(
      'the terminating hook is completed',
      async () =>
        (await newCalls('CompleteLifecycleAction')).find(
          (c) => c.parameters.LifecycleHookName === 'muster-terminating',
        ),
      () => machine.run('journalctl', '--unit=muster-leave', '--no-pager').output.slice(-800),
    );
  /** Lets the machine leave once more, from a state of the cloud. */
  async function leaveAgain(state: Parameters<Machine['change']>[0]) {
    machine.run('systemctl', 'stop', 'muster-leave.service');
    machine.run('rm', '--force', '/run/muster/counted-out');
    await machine.change({ faults: [], targetState: 'InService', ...state });
    seen = machine.calls().length;
    machine.run('systemctl', 'start', '--no-block', 'muster-leave.service');
  }

  it('follows the end of the agent, lowers desired by one and completes its own hook', async () => {
    await completed();
    const [end] = machine.calls('CI /agent/ends');
    const [leave] = await newCalls('TerminateInstanceInAutoScalingGroup');
    expect(leave?.parameters).toMatchObject({
      InstanceId: 'i-0test',
      ShouldDecrementDesiredCapacity: 'true',
    });
    // At once, and not when the watchdog looks again, even where a machine is slow.
    expect((leave?.at ?? Number.POSITIVE_INFINITY) - (end?.at ?? 0)).toBeLessThan(15_000);
  });

  it('goes without lowering desired when desired is at Min', async () => {
    await leaveAgain({ faults: [desiredIsMin] });
    await completed();
    expect(
      (await newCalls('TerminateInstanceInAutoScalingGroup')).map(
        (c) => c.parameters.ShouldDecrementDesiredCapacity,
      ),
    ).toEqual(['true', 'false']);
  });

  it('tries again, still lowering desired, while AWS throttles', async () => {
    await leaveAgain({ faults: [throttled] });
    await completed();
    expect(
      (await newCalls('TerminateInstanceInAutoScalingGroup')).map(
        (c) => c.parameters.ShouldDecrementDesiredCapacity,
      ),
    ).toEqual(['true', 'true', 'true']);
  });

  it('only completes its hook when the group has counted it out already', async () => {
    await leaveAgain({ targetState: 'Terminated' });
    await completed();
    expect(await newCalls('TerminateInstanceInAutoScalingGroup')).toEqual([]);
  });

  it('tries the hook again while it does not wait yet', async () => {
    await leaveAgain({ faults: [noHookWaits] });
    await until('a fourth completion', async () => (await newCalls('CompleteLifecycleAction')).length === 4);
  });

  it('tries the hook again while AWS throttles', async () => {
    await leaveAgain({ faults: [{ ...throttled, operation: 'CompleteLifecycleAction' }] });
    await until('a third completion', async () => (await newCalls('CompleteLifecycleAction')).length === 3);
    expect(await newCalls('TerminateInstanceInAutoScalingGroup')).toHaveLength(1);
  });

  it('goes on when it is killed, and lowers desired no second time', async () => {
    await leaveAgain({});
    await completed();
    seen = machine.calls().length;
    machine.run('systemctl', 'kill', '--signal=KILL', 'muster-leave.service');
    await completed();
    expect(await newCalls('TerminateInstanceInAutoScalingGroup')).toEqual([]);
  });

  it('is not disturbed by a drain that begins after it', async () => {
    expect(machine.run('systemctl', 'start', 'muster-drain.service').status).toBe(0);
    expect(
      machine.run('systemctl', 'show', '--property=ActiveState', '--value', 'muster-leave.service').output,
    ).toBe('activating\n');
  });
});

describeAsRoot('As the last resort an instance powers off', () => {
  it('when AWS cannot be reached', async () => {
    const machine = await bootMachine({
      ...image,
      files: agentWithJob,
      manager: { MUSTER_LEAVE_SECONDS: '3' },
    });
    try {
      await until('a job runs', async () => machine.calls('CI /agent/job-runs').length > 0);
      await machine.change({ aws: 'down' });
      machine.run('touch', '/var/tmp/end-job');
      await until(
        'off',
        () => machine.isOff(),
        () => machine.console().slice(-500),
      );
    } finally {
      await machine.stop();
    }
  });
});

describeAsRoot('An instance that was detached from its group', () => {
  it('finishes its job and powers off, and asks nothing of a group', async () => {
    const machine = await bootMachine({
      ...image,
      files: agentWithJob,
      manager: { MUSTER_WATCH_SECONDS: '1' },
    });
    try {
      await until('a job runs', () => machine.calls('CI /agent/job-runs').length > 0);
      await machine.change({ targetState: 'Detached' });
      await until('told to drain', () => machine.calls('CI /agent/term-1').length > 0);
      expect(machine.run('systemctl', 'is-active', 'muster-job.service').output).toBe('active\n');
      machine.run('touch', '/var/tmp/end-job');
      await until(
        'off',
        () => machine.isOff(),
        () => machine.console().slice(-500),
      );
      expect(machine.calls('CI /agent/job-ended')).toHaveLength(1);
      expect(machine.calls('TerminateInstanceInAutoScalingGroup')).toEqual([]);
    } finally {
      await machine.stop();
    }
  });
});

describeAsRoot('An agent that dies', () => {
  it('takes its job along, and the instance leaves', async () => {
    const machine = await bootMachine({ ...image, files: agentWithJob });
    try {
      await until(
        'the job has begun',
        () => machine.run('pgrep', '--uid', 'job', '--full', 'sleep 4242').status === 0,
      );
      machine.run('systemctl', 'kill', '--signal=KILL', 'muster-agent.service');
      const journal = () => machine.run('journalctl', '--no-pager', '--lines=25').output;
      await until('leaves', () => machine.calls('TerminateInstanceInAutoScalingGroup').length > 0, journal);
      await until('no process of the job is left', () => machine.run('pgrep', '--uid', 'job').status === 1);
    } finally {
      await machine.stop();
    }
  });
});

describeAsRoot('The watchdog', () => {
  /** Sooner than its timer does, and more often than systemd lets a unit start. */
  const wake = (machine: Machine) => {
    machine.run('systemctl', 'reset-failed', 'muster-watchdog.service');
    machine.run('systemctl', 'start', '--no-block', 'muster-watchdog.service');
  };
  const watch = async (files: Record<string, string>, boot: object, started: string) => {
    const machine = await bootMachine({
      ...image,
      files,
      boot,
      manager: { MUSTER_WATCHDOG_GRACE: '0', MUSTER_ABORTED_SECONDS: '1' },
    });
    try {
      await until('the agent runs', async () => machine.calls(`CI /agent/${started}`).length > 0);
      expect(machine.calls('TerminateInstanceInAutoScalingGroup')).toEqual([]);
      await until('leaves', async () => {
        wake(machine);
        return machine.calls('TerminateInstanceInAutoScalingGroup').length > 0;
      });
      expect(machine.run('pgrep', '--uid', 'job').status).toBe(1);
      return machine.calls().map((call) => call.operation);
    } finally {
      await machine.stop();
    }
  };

  it('ends an idle instance whose agent hangs', () =>
    watch(agentThatHangs, { MUSTER_IDLE_TIMEOUT: 2 }, 'hangs'));
  it('ends a job that is beyond its limit through its agent, which lives to tell of it', async () => {
    const calls = await watch(agentWithJob, { MUSTER_JOB_LIMIT: 2 }, 'job-runs');
    expect(calls).toEqual(expect.arrayContaining(['CI /agent/term-2', 'CI /agent/job-ended']));
  });
  it('ends it with its agent when that one hangs', () =>
    watch(agentThatHangsWithJob, { MUSTER_JOB_LIMIT: 2 }, 'job-runs'));

  it('ends it when its agent is gone, but for an end that hangs', () => {
    const program = resolve(__dirname, '../../provision/rootfs/usr/lib/muster/ci/circleci');
    const circleci = readFileSync(program, 'utf8');
    const hanging = circleci.replace(
      'register | after) ;;',
      'register) ;;\n  after) [[ -e /run/muster/leaving ]] || sleep infinity ;;',
    );
    expect(hanging).not.toBe(circleci);
    const files = { ...agentThatDiesBesideJob, '/usr/lib/muster/ci/circleci': hanging };
    return watch(files, { MUSTER_JOB_LIMIT: 2 }, 'job-runs');
  });

  it('powers an instance off that neither got ready nor left', async () => {
    const machine = await bootMachine({
      ...image,
      cloud: { ci: 'down' },
      manager: { MUSTER_STUCK_SECONDS: '1' },
    });
    try {
      await until('the CI is waited for', () => machine.calls('GetSecretValue').length > 0);
      await until('off', () => {
        wake(machine);
        return machine.isOff();
      });
    } finally {
      await machine.stop();
    }
  });

  it('lets a job within its limit go on, however long the fleet may idle', async () => {
    const machine = await bootMachine({
      ...image,
      files: agentWithJob,
      boot: { MUSTER_IDLE_TIMEOUT: 1 },
      manager: { MUSTER_WATCHDOG_GRACE: '0' },
    });
    try {
      await until('the job runs', () => machine.run('test', '-e', '/run/muster/jobs/job').status === 0);
      const [began] = machine.run('cat', '/run/muster/jobs/job').output.split('\n').map(Number);
      await until(
        '2 s of job',
        () => Number(machine.run('cut', '-d.', '-f1', '/proc/uptime').output) > (began ?? 0) + 2,
      );
      expect(machine.run('systemctl', 'start', 'muster-watchdog.service').status).toBe(0);
      expect(machine.run('systemctl', 'is-active', 'muster-agent.service', 'muster-job.service').output).toBe(
        'active\nactive\n',
      );
    } finally {
      await machine.stop();
    }
  });

  it('leaves a job of GitLab 20 min beyond its limit for what comes before and after its script, and no more', async () => {
    const machine = await bootGitlabMachine({ ...image, boot: { MUSTER_JOB_LIMIT: 600 } });
    const ranFor = (seconds: number) =>
      machine.run(
        'bash',
        '-c',
        `mkdir --parents /run/muster/jobs; echo $(($(cut -d. -f1 /proc/uptime) - ${seconds})) >/run/muster/jobs/1`,
      );
    try {
      await until('registered', async () => (await machine.managers()).length > 0, machine.journal);
      await until(
        'the agent runs',
        () => machine.run('systemctl', 'is-active', 'muster-agent.service').status === 0,
      );
      ranFor(600 + 1100);
      expect(machine.run('systemctl', 'start', 'muster-watchdog.service').status).toBe(0);
      expect(machine.run('systemctl', 'is-active', 'muster-agent.service').output).toBe('active\n');
      ranFor(600 + 1210);
      wake(machine);
      await until(
        'leaves',
        () => machine.calls('TerminateInstanceInAutoScalingGroup').length > 0,
        machine.journal,
      );
    } finally {
      await machine.stop();
    }
  });
});
