import {
  type CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';

/** What a machine that proves an image says of itself, in its own log stream. */
export async function say(
  logs: CloudWatchLogsClient,
  logStreamName: string,
  ...messages: string[]
): Promise<void> {
  const logGroupName = '/muster/dev/smoke';
  // There already when it has spoken before.
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName })).catch(() => {});
  const logEvents = messages.map((message) => ({ message, timestamp: Date.now() }));
  await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
}
