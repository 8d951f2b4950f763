/** Boots a new image once, as a machine that belongs to no fleet, and waits for what it says of itself. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  type EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { smokeLogGroup, TAGS } from '../../config/names';
import type { Config } from '../../config/schema';
import { ExpectedError } from '../expected-error';
import type { Pace } from '../pace';
import type { SmokePlace } from './read-smoke-place';
import { readSmokeLog, type SmokeLog, type Verdict } from './read-verdict';
import { toSmokeInstance } from './to-smoke-instance';

export interface Smoke {
  config: Config;
  image: string;
  amiId: string;
  place: SmokePlace;
  /** For requests that must not be done twice. */
  makeToken: () => string;
  stopped: AbortSignal;
}

interface Clients {
  ec2: EC2Client;
  logs: CloudWatchLogsClient;
}

/** The machine powers itself off after 15 minutes, whatever happens; its last words take a moment. */
const DEADLINE_MS = 18 * 60_000;
const LOOK_EVERY_MS = 3_000;

/** @throws ExpectedError that says why when it did not pass; the machine is ended in any case */
export async function smokeImage(clients: Clients, smoke: Smoke, pace: Pace): Promise<void> {
  const instanceId = await launch(clients.ec2, smoke);
  pace.print(`smoke test of ${smoke.amiId} on ${instanceId}`);
  try {
    const { verdict, lines } = await waitForVerdict(clients, { ...smoke, instanceId }, pace);
    if (verdict.kind === 'failed') {
      const said =
        lines.length > 0 ? `\nThe machine's last words:\n${lines.map((line) => `  ${line}`).join('\n')}` : '';
      throw new ExpectedError(
        `${smoke.amiId} failed its smoke test: ${verdict.why}. It is not promoted.${said}`,
      );
    }
    pace.print(`smoke test of ${smoke.amiId}: passed`);
    await markProved(clients.ec2, smoke.amiId, pace);
  } finally {
    await clients.ec2
      .send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }))
      .catch((error: Error) => {
        // It ends itself; what it found out is worth more than this.
        pace.print(
          `${instanceId} could not be ended (${error.name}: ${error.message}); it ends itself in 15 minutes.`,
        );
      });
  }
}

/** For those who promote it by hand later. */
async function markProved(ec2: EC2Client, amiId: string, { now, print }: Pace): Promise<void> {
  const Tags = [{ Key: TAGS.proved, Value: new Date(now()).toISOString() }];
  await ec2.send(new CreateTagsCommand({ Resources: [amiId], Tags })).catch((error: Error) => {
    // It did pass, so it is promoted all the same.
    print(`${amiId} could not get the tag ${TAGS.proved} (${error.name}: ${error.message}).`);
  });
}

async function launch(ec2: EC2Client, smoke: Smoke): Promise<string> {
  let full: Error | undefined;
  for (const subnetId of smoke.place.subnetIds) {
    const command = new RunInstancesCommand(
      toSmokeInstance({ ...smoke, subnetId, clientToken: smoke.makeToken() }),
    );
    try {
      const instanceId = (await ec2.send(command)).Instances?.[0]?.InstanceId;
      if (instanceId) return instanceId;
    } catch (error) {
      full = error as Error;
      // Another zone may have some.
      if (full.name !== 'InsufficientInstanceCapacity') break;
    }
  }
  throw new ExpectedError(
    `No machine could be started to prove ${smoke.amiId}, so it is not promoted: ${full ? `${full.name}: ${full.message}` : 'AWS named none'}.`,
    { cause: full },
  );
}

async function waitForVerdict(
  { ec2, logs }: Clients,
  { config, instanceId, stopped }: Smoke & { instanceId: string },
  { now, sleep }: Pace,
): Promise<SmokeLog & { verdict: Verdict }> {
  const stream = { logGroupName: smokeLogGroup(config.environment), instanceId };
  const failed = (why: string, lines: string[]) => ({ verdict: { kind: 'failed' as const, why }, lines });
  for (const deadline = now() + DEADLINE_MS; ; ) {
    // The state first: what a machine says before it ends is in the log by then.
    const state = await readState(ec2, instanceId);
    const { verdict, lines } = await readSmokeLog(logs, stream);
    if (verdict) return { verdict, lines };
    if (state === 'terminated') return failed('the machine ended without a word', lines);
    if (stopped.aborted) return failed(`stopped by ${stopped.reason}`, lines);
    if (now() >= deadline) return failed(`no verdict in ${DEADLINE_MS / 60_000} minutes`, lines);
    await sleep(LOOK_EVERY_MS);
  }
}

async function readState(ec2: EC2Client, instanceId: string): Promise<string | undefined> {
  const Filters = [{ Name: 'instance-id', Values: [instanceId] }];
  const answer = await ec2.send(new DescribeInstancesCommand({ Filters }));
  return answer.Reservations?.[0]?.Instances?.[0]?.State?.Name;
}
