/** The instance metadata service, version 2 only, for all machines of a cloud: they are told apart by address. */
import { type Reply, type Service, type ServiceRequest, startService } from '../../cloud/http-service';
import type { InstanceRecord } from '../instance';
import { InstanceCredentials } from './credentials';
import { lookUp, roleName, toDocuments } from './documents';
import { SessionTokens } from './tokens';

export interface MetadataOptions {
  host: string;
  port: number;
  awsUrl: string;
  /** The instance with this address; null: no machine of ours. */
  readByAddress: (ip: string) => Promise<InstanceRecord | null>;
  now: () => number;
}

const refuse = (status: number): Reply => ({ status, body: '' });

export function startMetadata(options: MetadataOptions): Promise<Service> {
  const tokens = new SessionTokens();
  const credentials = new InstanceCredentials(options.awsUrl);

  const issueToken = (request: ServiceRequest): Reply => {
    // The real service refuses what came through a proxy: X-Forwarded-For is how an open proxy betrays itself.
    if (request.headers['x-forwarded-for'] !== undefined) return refuse(403);
    const ttl = request.headers['x-aws-ec2-metadata-token-ttl-seconds'];
    const token = tokens.issue(request.from, Number(ttl), options.now());
    if (!token) return refuse(400);
    return { status: 200, body: token, headers: { 'x-aws-ec2-metadata-token-ttl-seconds': String(ttl) } };
  };

  const readDocument = async (request: ServiceRequest, record: InstanceRecord): Promise<Reply> => {
    const path = /^\/(?:latest|\d{4}-\d{2}-\d{2})\/(.*)$/.exec(request.path)?.[1];
    if (path === undefined) return refuse(404);
    if (record.roleArn && path === `meta-data/iam/security-credentials/${roleName(record.roleArn)}`) {
      const now = options.now();
      const fresh = await credentials.forInstance(record.instanceId, record.roleArn, now);
      const body = { Code: 'Success', LastUpdated: new Date(now).toISOString(), Type: 'AWS-HMAC', ...fresh };
      return { status: 200, body: JSON.stringify(body, null, 2) };
    }
    const text = lookUp(toDocuments(record), path);
    return text === null ? refuse(404) : { status: 200, body: text };
  };

  return startService(options.host, options.port, async (request) => {
    const record = await options.readByAddress(request.from);
    if (!record) return refuse(404);
    if (request.path === '/latest/api/token')
      return request.method === 'PUT' ? issueToken(request) : refuse(405);
    if (request.method !== 'GET') return refuse(405);
    const token = request.headers['x-aws-ec2-metadata-token'];
    if (typeof token !== 'string' || !tokens.isValid(token, request.from, options.now())) return refuse(401);
    return readDocument(request, record);
  });
}
