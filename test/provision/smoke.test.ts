import type { BootEnvironment } from '../../stacks/boot-environment';
import { describeAsRoot } from '../as-root';
import { agentThatCannotStart } from './machine/agents';
import type { CloudState } from './machine/cloud';
import { bootMachine, type Machine, until } from './machine/machine';
import { useImage } from './machine/rootfs';

jest.setTimeout(240_000);

const image = useImage();

/** What the machine that proves an image is told: it has no group, no hook and no token. */
const smoke: Partial<BootEnvironment> = {
  MUSTER_CI: 'smoke',
  MUSTER_CI_URL: '',
  MUSTER_QUEUE: '',
  MUSTER_GROUP: '',
  MUSTER_FLEET: 'smoke',
  MUSTER_RUNNER_TOKEN_SECRET: '',
  MUSTER_LAUNCHING_HOOK: '',
  MUSTER_TERMINATING_HOOK: '',
  MUSTER_LOG_GROUP: '/muster/test/smoke',
};

const broken = (path: string) => ({ [path]: '#!/bin/bash\necho broken >&2\nexit 1\n' });

/** One deviation from a perfect image each, and what the verdict must name. */
const failures: Record<
  string,
  {
    files?: Record<string, string>;
    cloud?: Partial<CloudState>;
    boot?: Partial<BootEnvironment>;
    verdict: RegExp;
  }
> = {
  'an agent that does not start': {
    files: agentThatCannotStart,
    verdict: /agent of circleci.*no such glibc/,
  },
  'a job user that can run no job': {
    files: broken('/usr/lib/muster/job-unit'),
    verdict: /a job runs as the job user/,
  },
  'a metadata service that a job reaches': {
    files: {
      '/etc/muster/firewall.nft': '#!/usr/sbin/nft -f\ntable inet muster { }\n',
    },
    verdict: /a job has no metadata service/,
  },
  'a toolchain that does not run': {
    files: broken('/usr/local/bin/node'),
    verdict: /a job has node.*broken/,
  },
  'a container that does not run': { files: broken('/usr/sbin/runc'), verdict: /a job has docker/ },
  'a unit that fails': {
    files: {
      '/etc/systemd/system/muster-docker.service.d/fail.conf': '[Service]\nExecStartPost=/bin/false\n',
    },
    verdict: /no unit has failed.*muster-docker\.service/,
  },
  'a clock that is wrong': { cloud: { clockAhead: 3600 }, verdict: /the clock is off by/ },
  'another contract': { boot: { MUSTER_CONTRACT: 99 }, verdict: /contract 99, this image understands 3/ },
};

/** Lines of the smoke unit that left the machine. */
const lines = (machine: Machine): string[] =>
  machine
    .calls('PutLogEvents')
    .filter((call) => !call.refused)
    .map((call) => JSON.parse(call.parameters.body ?? '{}'))
    .flatMap((batch) => batch.logEvents.map((event: { message: string }) => event.message))
    .filter((message: string) => message.startsWith('muster-smoke: '));
const verdict = (machine: Machine) =>
  lines(machine).find((line) => /^muster-smoke: (passed|failed: )/.test(line));

const boot = ({ files, cloud, boot }: Partial<(typeof failures)[string]>) =>
  bootMachine({
    ...image,
    ...(files ? { files } : {}),
    ...(cloud ? { cloud } : {}),
    boot: { ...smoke, ...boot },
    tmpfs: ['/var/lib/docker', '/home/job/.local/share/docker:uid=2000,gid=2000'],
  });
const off = (machine: Machine) =>
  until(
    'off',
    () => machine.isOff(),
    () => lines(machine).join('\n'),
    180,
  );

describeAsRoot('A machine that proves its image', () => {
  it('says that it passed, powers off, and asks nothing of any group or CI', async () => {
    const machine = await boot({});
    try {
      await off(machine);
      expect(verdict(machine)).toBe('muster-smoke: passed');
      const [batch] = machine.calls('PutLogEvents');
      expect(batch?.parameters.body).toContain('"/muster/test/smoke"');
      const called = new Set(machine.calls().map(({ operation }) => operation));
      expect([...called].sort()).toEqual(['CreateLogStream', 'PutLogEvents']);
    } finally {
      await machine.stop();
    }
  });

  it.each(Object.entries(failures))('fails, and powers off: %s', async (_, failure) => {
    const machine = await boot(failure);
    try {
      await off(machine);
      expect(verdict(machine)).toMatch(/^muster-smoke: failed: /);
      expect(verdict(machine)).toMatch(failure.verdict);
    } finally {
      await machine.stop();
    }
  });
});
