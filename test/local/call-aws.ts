/** Calls services of the local AWS whose SDK clients the project does without. */
import type { LocalAws } from './start-local-aws';

const signature = ({ client }: Pick<LocalAws, 'client'>, service: string) =>
  `AWS4-HMAC-SHA256 Credential=test/20260101/${client.region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

const TARGETS = {
  codebuild: 'CodeBuild_20161006',
  ecr: 'AmazonEC2ContainerRegistry_V20150921',
  ecs: 'AmazonEC2ContainerServiceV20141113',
  events: 'AWSEvents',
} as const;

/** Throws the error's name and message unless the answer is a 2xx. */
export async function callAws<Answer>(
  aws: Pick<LocalAws, 'url' | 'client'>,
  service: keyof typeof TARGETS,
  operation: string,
  body: object,
): Promise<Answer> {
  const response = await fetch(aws.url, {
    method: 'POST',
    headers: {
      authorization: signature(aws, service),
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${TARGETS[service]}.${operation}`,
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${operation} answered ${response.status}: ${text}`);
  return JSON.parse(text || '{}') as Answer;
}

/** A call in the older protocol, of forms and XML: the text of the element of that name in its answer. */
export async function queryAws(
  aws: LocalAws,
  service: 'sns',
  operation: string,
  parameters: Record<string, string>,
  element = 'RequestId',
): Promise<string> {
  const response = await fetch(aws.url, {
    method: 'POST',
    headers: { authorization: signature(aws, service) },
    body: new URLSearchParams({ Action: operation, Version: '2010-03-31', ...parameters }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${operation} answered ${response.status}: ${text}`);
  return new RegExp(`<${element}>([^<]*)<`).exec(text)?.[1] ?? '';
}

/** Makes the bucket when there is none, and puts the object. */
export async function putObject(aws: LocalAws, bucket: string, key: string, content: Uint8Array) {
  const put = async (path: string, body?: Uint8Array<ArrayBuffer>) => {
    const headers = { authorization: signature(aws, 's3') };
    const response = await fetch(`${aws.url}/${path}`, { method: 'PUT', headers, ...(body ? { body } : {}) });
    if (!response.ok) throw new Error(`PUT ${path} answered ${response.status}: ${await response.text()}`);
  };
  const location = `<CreateBucketConfiguration><LocationConstraint>${aws.client.region}</LocationConstraint></CreateBucketConfiguration>`;
  await put(bucket, new TextEncoder().encode(location)).catch((error: Error) => {
    if (!error.message.includes('BucketAlreadyOwnedByYou')) throw error;
  });
  await put(`${bucket}/${key}`, new Uint8Array(content));
}
