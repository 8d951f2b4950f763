import { type CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';

export type Verdict = { kind: 'passed' } | { kind: 'failed'; why: string };

export interface SmokeLog {
  verdict: Verdict | undefined;
  /** The last lines, for whoever has to find out why. */
  lines: string[];
}

const LAST_LINES = 30;

/** What the machine has said of itself so far; its log stream comes with its first words. */
export async function readSmokeLog(
  logs: CloudWatchLogsClient,
  { logGroupName, instanceId }: { logGroupName: string; instanceId: string },
): Promise<SmokeLog> {
  const lines: string[] = [];
  try {
    for (let nextToken: string | undefined, before: string | undefined = ''; nextToken !== before; ) {
      before = nextToken;
      const page = await logs.send(
        new GetLogEventsCommand({ logGroupName, logStreamName: instanceId, startFromHead: true, nextToken }),
      );
      lines.push(...(page.events ?? []).map(({ message }) => message ?? ''));
      // At the end AWS gives the same token again.
      nextToken = page.nextForwardToken;
    }
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
  }
  return { verdict: parseVerdict(lines), lines: lines.slice(-LAST_LINES) };
}

/** The first verdict counts: nothing that comes after makes a failure good. */
export function parseVerdict(lines: readonly string[]): Verdict | undefined {
  for (const line of lines) {
    const [, word, why] = /muster-smoke: (passed|failed)(?:: *(.*))?/.exec(line) ?? [];
    if (word === 'passed') return { kind: 'passed' };
    if (word === 'failed') return { kind: 'failed', why: why || 'no reason given' };
  }
  return undefined;
}
