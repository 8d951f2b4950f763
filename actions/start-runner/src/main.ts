/** The step: starts a runner and waits until it is online. */
import { randomBytes } from 'node:crypto';
import { realClock } from '../../../clock/clock';
import { createGithub } from '../../../github/client';
import { createAttempts } from './attempts';
import { createAws, toClientOptions } from './aws/clients';
import { readSettings, verifyOpen } from './aws/read-settings';
import { readAccess, readInputs } from './inputs';
import { planLaunches } from './plan';
import type { Ports } from './runner/ports';
import { startRunner } from './runner/start-runner';
import { createCommands } from './workflow/commands';
import { leaveInTime } from './workflow/leave-in-time';
import { runStep } from './workflow/run-step';
import { listenForStop } from './workflow/stop';

const commands = createCommands(process.env, (line) => console.log(line));

runStep(commands, async () => {
  const { say, mask, group, setOutput } = commands;
  const inputs = readInputs(commands);
  const access = readAccess(commands, process.env);
  const deadline = realClock.now() + inputs.timeoutMs;
  const { signal, release } = listenForStop(realClock, inputs.timeoutMs, process);
  leaveInTime(signal, commands);
  try {
    const options = toClientOptions(process.env, access.region);
    const asked = { ...inputs, repository: access.repository };
    const settings = await readSettings(options, asked);
    const launches = planLaunches(settings, inputs);
    const github = createGithub({ ...access, clock: realClock, fetch, signal, say });
    const aws = createAws(process.env, access.region);
    const attempts = createAttempts(commands);
    const random = (bytes: number) => randomBytes(bytes).toString('hex');
    const ports: Ports = {
      github,
      aws: () => aws,
      clock: realClock,
      signal,
      deadline,
      say,
      mask,
      attempts,
      verifyOpen: () => verifyOpen(options, asked),
      random,
    };
    const title = `Start a runner (${launches.map(({ mode }) => mode).join(', then ')})`;
    const started = await group(title, () => startRunner(settings, launches, ports));
    setOutput('label', started.runner);
    setOutput('task-arn', started.taskArn ?? '');
    setOutput('mode', started.mode);
    say(`Runner ${started.runner} is online: runs-on: [self-hosted, ${started.runner}]`);
    say(`Its job has ${settings.claimMinutes} minutes to take it, then it is removed.`);
  } finally {
    release();
  }
});
