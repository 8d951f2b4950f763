import { type CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Clock } from '../../../clock/clock';
import type { Life } from '../core/types';
import type { Ports } from '../ports';
import { limitCall, toDetail } from './limit-call';

/** CloudWatch may answer a page without a line although there are some, and says the same token twice at the end. */
const MOST_PAGES = 10;

/** Looks for one line in the stream of an instance that is young enough. */
export const createReadLife =
  (client: CloudWatchLogsClient, clock: Clock): Ports['readLife'] =>
  (logGroupName, logStreamName, startTime): Promise<Life> =>
    limitCall(clock, 'GetLogEvents', async (options): Promise<Life> => {
      let nextToken: string | undefined;
      for (let page = 0; page < MOST_PAGES; page++) {
        const asked = { logGroupName, logStreamName, startTime, limit: 1, startFromHead: true, nextToken };
        const { events, nextForwardToken } = await client.send(new GetLogEventsCommand(asked), options);
        if (events?.length) return { kind: 'alive' };
        if (!nextForwardToken || nextForwardToken === nextToken) return { kind: 'silent' };
        nextToken = nextForwardToken;
      }
      return { kind: 'unknown', detail: `GetLogEvents: no end after ${MOST_PAGES} pages` };
    }).catch((error: Error) =>
      // It never sent a line.
      error.name === 'ResourceNotFoundException'
        ? { kind: 'silent' }
        : { kind: 'unknown', detail: toDetail('GetLogEvents', error) },
    );
