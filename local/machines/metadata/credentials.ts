/** Credentials of an instance's role, from the local AWS's STS, renewed well before they end. */
export interface RoleCredentials {
  AccessKeyId: string;
  SecretAccessKey: string;
  Token: string;
  Expiration: string;
}

const SESSION_SECONDS = 3600;
/** Like the real service, which has new ones at least five minutes before the old ones end. */
const RENEW_BEFORE_MS = 10 * 60_000;

const element = (xml: string, name: string): string => {
  const value = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  if (!value) throw new Error(`The local AWS's AssumeRole answer has no ${name}: ${xml.slice(0, 300)}`);
  return value;
};

export class InstanceCredentials {
  private readonly known = new Map<string, RoleCredentials>();

  constructor(private readonly awsUrl: string) {}

  async forInstance(instanceId: string, roleArn: string, now: number): Promise<RoleCredentials> {
    const key = `${instanceId} ${roleArn}`;
    const held = this.known.get(key);
    if (held && Date.parse(held.Expiration) - now > RENEW_BEFORE_MS) return held;
    const fresh = await this.assume(instanceId, roleArn);
    this.known.set(key, fresh);
    return fresh;
  }

  private async assume(instanceId: string, roleArn: string): Promise<RoleCredentials> {
    const response = await fetch(this.awsUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        // EC2 itself assumes the role. The emulator checks no signature, it takes the service's name from it.
        authorization:
          'AWS4-HMAC-SHA256 Credential=EC2/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: new URLSearchParams({
        Action: 'AssumeRole',
        Version: '2011-06-15',
        RoleArn: roleArn,
        RoleSessionName: instanceId,
        DurationSeconds: String(SESSION_SECONDS),
      }),
      signal: AbortSignal.timeout(10_000),
    });
    const xml = await response.text();
    if (!response.ok) throw new Error(`AssumeRole of ${roleArn} was refused (${response.status}): ${xml}`);
    return {
      AccessKeyId: element(xml, 'AccessKeyId'),
      SecretAccessKey: element(xml, 'SecretAccessKey'),
      Token: element(xml, 'SessionToken'),
      Expiration: new Date(element(xml, 'Expiration')).toISOString().replace(/\.\d+Z$/, 'Z'),
    };
  }
}
