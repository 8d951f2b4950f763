/** What the metadata service says about an instance: a flat map of paths to texts, as a pure function of its record. */
import type { InstanceRecord } from '../instance';

export const roleName = (roleArn: string): string => roleArn.split('/').at(-1) ?? roleArn;

const ACCOUNT_OF_ARN = /^arn:[^:]+:iam::(\d+):/;

function identityDocument(record: InstanceRecord, region: string): string {
  return JSON.stringify(
    {
      accountId: ACCOUNT_OF_ARN.exec(record.roleArn ?? '')?.[1] ?? '123456789012',
      architecture: 'x86_64',
      availabilityZone: record.availabilityZone,
      imageId: record.imageId,
      instanceId: record.instanceId,
      instanceType: record.instanceType,
      pendingTime: record.launchedAt,
      privateIp: record.privateIp,
      region,
      version: '2017-09-30',
    },
    null,
    2,
  );
}

/** Paths below /latest/. Credentials are not among them: they are made when asked for. */
export function toDocuments(record: InstanceRecord): Map<string, string> {
  const region = record.availabilityZone.replace(/[a-z]$/, '');
  const hostname = `ip-${record.privateIp.replaceAll('.', '-')}.ec2.internal`;
  const documents = new Map<string, string>([
    ['meta-data/ami-id', record.imageId],
    ['meta-data/hostname', hostname],
    ['meta-data/instance-id', record.instanceId],
    ['meta-data/instance-life-cycle', record.lifeCycle],
    ['meta-data/instance-type', record.instanceType],
    ['meta-data/local-hostname', hostname],
    ['meta-data/local-ipv4', record.privateIp],
    ['meta-data/placement/availability-zone', record.availabilityZone],
    ['meta-data/placement/region', region],
    ['meta-data/services/domain', 'amazonaws.com'],
    ['dynamic/instance-identity/document', identityDocument(record, region)],
  ]);
  for (const [key, value] of Object.entries(record.tags))
    documents.set(`meta-data/tags/instance/${key}`, value);
  if (record.targetLifecycleState)
    documents.set('meta-data/autoscaling/target-lifecycle-state', record.targetLifecycleState);
  if (record.spotAction) {
    documents.set('meta-data/spot/instance-action', JSON.stringify(record.spotAction));
    documents.set('meta-data/spot/termination-time', record.spotAction.time);
  }
  if (record.rebalanceNoticeTime)
    documents.set(
      'meta-data/events/recommendations/rebalance',
      JSON.stringify({ noticeTime: record.rebalanceNoticeTime }),
    );
  if (record.userData) documents.set('user-data', record.userData);
  if (record.roleArn) {
    const profile = record.roleArn.replace(':role/', ':instance-profile/');
    documents.set(
      'meta-data/iam/info',
      JSON.stringify(
        { Code: 'Success', LastUpdated: record.launchedAt, InstanceProfileArn: profile },
        null,
        2,
      ),
    );
    documents.set(`meta-data/iam/security-credentials/${roleName(record.roleArn)}`, '');
  }
  return documents;
}

/** The text at a path, or the listing of a folder; null when there is nothing. */
export function lookUp(documents: Map<string, string>, path: string): string | null {
  const exact = documents.get(path);
  if (exact !== undefined) return exact;
  const folder = path === '' || path.endsWith('/') ? path : `${path}/`;
  const entries = new Set<string>();
  for (const key of documents.keys()) {
    if (!key.startsWith(folder)) continue;
    const [name, ...deeper] = key.slice(folder.length).split('/');
    entries.add(deeper.length > 0 ? `${name}/` : `${name}`);
  }
  return entries.size > 0 ? [...entries].sort().join('\n') : null;
}
