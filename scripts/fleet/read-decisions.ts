import {
  type CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';

/** What the scaler last said of a fleet. */
export interface Said {
  /** Milliseconds since 1970. */
  at: number;
  decision: string;
  reason: string;
  /** What else it named, a problem or a reason, with what was seen. */
  besides: { code: string; detail: string }[];
  /** Jobs; `2+` when only a part of the queue could be read; absent when none. */
  queued?: string;
  running?: string;
}

/** The scaler says something of each fleet once a minute; CloudWatch Logs takes some seconds to show it. */
const WINDOW_MS = 3 * 60_000;

/** The last word on each fleet, by its name; nothing of fleets that it did not speak of lately. */
export async function readDecisions(
  logs: CloudWatchLogsClient,
  { logGroupName, now }: { logGroupName: string; now: number },
): Promise<Map<string, Said>> {
  const said = new Map<string, Said>();
  try {
    let nextToken: string | undefined;
    do {
      const page: FilterLogEventsCommandOutput = await logs.send(
        new FilterLogEventsCommand({ logGroupName, startTime: now - WINDOW_MS, nextToken }),
      );
      for (const { timestamp = 0, message = '' } of page.events ?? []) {
        const line = parseLine(message, timestamp);
        if (line && timestamp >= (said.get(line.fleet)?.at ?? 0)) said.set(line.fleet, line.said);
      }
      nextToken = page.nextToken;
    } while (nextToken);
  } catch (error) {
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
  }
  return said;
}

/** One line of the scaler's log (lambda/scaler/log-poll.ts); undefined when it is another. */
export function parseLine(message: string, at: number): { fleet: string; said: Said } | undefined {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(message.slice(message.indexOf('{')));
  } catch {
    return undefined;
  }
  const { fleet, decision, reason, to } = fields;
  if (typeof fleet !== 'string' || typeof decision !== 'string' || typeof reason !== 'string')
    return undefined;
  return {
    fleet,
    said: {
      at,
      decision: typeof to === 'number' ? `${decision} to ${to}` : decision,
      reason,
      besides: toBesides(fields),
      ...toCount(fields, 'queued'),
      ...toCount(fields, 'running'),
    },
  };
}

function toBesides({ troubles, launchProblem, launch, purchase, demand }: Record<string, unknown>) {
  const named = [
    ...(Array.isArray(troubles) ? troubles : []),
    { problem: launchProblem, detail: launch },
    { problem: purchase },
    { problem: demand },
  ];
  return named.flatMap(({ problem, detail }: Record<string, unknown>) =>
    typeof problem === 'string' ? [{ code: problem, detail: typeof detail === 'string' ? detail : '' }] : [],
  );
}

function toCount(fields: Record<string, unknown>, name: 'queued' | 'running'): Partial<Said> {
  if (typeof fields[name] === 'number') return { [name]: String(fields[name]) };
  const least = fields[`${name}AtLeast`];
  return typeof least === 'number' ? { [name]: `${least}+` } : {};
}
