import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { listReminders, type Reminder, toMessage } from '../core/list-reminders';
import { type AsideClients, readAside } from './read-aside';

export interface ReminderPorts extends AsideClients {
  sns: SNSClient;
  now: () => number;
}

export interface Place {
  environment: string;
  topicArn: string;
  fleets: readonly { name: string; group: string }[];
}

/** One message that lists all that is held or paused; none when nothing is. */
export async function remind(
  { sns, now, ...clients }: ReminderPorts,
  { environment, topicArn, fleets }: Place,
): Promise<Reminder[]> {
  const reminders = listReminders(environment, await readAside(clients, fleets));
  if (reminders.length === 0) return [];
  const { subject, text } = toMessage(environment, reminders, now());
  await sns.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text }));
  return reminders;
}
