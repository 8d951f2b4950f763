/** Topics and the roles that may publish to them, and what was published: there is no SDK client of SNS here. */
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import type { CloudEvent } from './aws-fleet';
import type { LocalAws } from './start-local-aws';

export interface Topic {
  topicArn: string;
  roleArn: string;
  /** What was published so far, in order. */
  messages: () => Promise<Record<string, unknown>[]>;
}

export async function makeTopic(aws: LocalAws, name: string): Promise<Topic> {
  const response = await fetch(aws.url, {
    method: 'POST',
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${aws.client.region}/sns/aws4_request, SignedHeaders=host, Signature=0`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ Action: 'CreateTopic', Version: '2010-03-31', Name: name }).toString(),
  });
  const text = await response.text();
  const topicArn = /<TopicArn>([^<]+)</.exec(text)?.[1];
  if (!topicArn) throw new Error(`CreateTopic answered ${response.status}: ${text}`);
  const role = await new IAMClient(aws.client).send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: '{"Version":"2012-10-17"}' }),
  );
  const messages = async () => {
    const { events } = await aws.local<{ events: CloudEvent[] }>('GET', 'events?since=0');
    return events
      .filter((event) => event.event === 'published' && event.detail.topic === name)
      .map((event) => JSON.parse(String(event.detail.text)));
  };
  return { topicArn, roleArn: role.Role?.Arn ?? '', messages };
}
