import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { DecisionRecord } from './record';

interface Line {
  message?: string;
  fleet?: string;
  decision?: string;
  reason?: string;
  desired?: number;
  to?: number;
}

function parseLine(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    // START, END and REPORT lines of the Lambda runtime.
    return undefined;
  }
}

/** What the deployed scaler logged, read where an operator reads it: in its log group. */
export async function readDecisions(
  logs: CloudWatchLogsClient,
  logGroupName: string,
  start: number,
): Promise<DecisionRecord[]> {
  const decisions: DecisionRecord[] = [];
  let nextToken: string | undefined;
  do {
    const answer = await logs.send(
      new FilterLogEventsCommand({ logGroupName, ...(nextToken ? { nextToken } : {}) }),
    );
    for (const { message = '', timestamp = 0 } of answer.events ?? []) {
      const line = parseLine(message);
      if (!line?.fleet || !line.decision || !line.reason) continue;
      decisions.push({
        at: (timestamp - start) / 1000,
        fleet: line.fleet,
        decision: line.decision,
        reason: line.reason,
        from: line.desired ?? null,
        to: line.to ?? null,
      });
    }
    nextToken = answer.nextToken;
  } while (nextToken);
  return decisions.sort((one, other) => one.at - other.at);
}
