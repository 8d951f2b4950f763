/** Requests of the agent: local/aws/ecs/agent_api.py says which there are. Signed as the role of the machine. */
import type { AgentConfig } from './config';

/** What no other try would change. */
export class Refused extends Error {}
export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}

const METADATA = 'http://169.254.169.254/latest';
/** The longest poll, and what a busy machine adds. */
const PATIENCE_MS = 60_000;

interface Credentials {
  AccessKeyId: string;
  Token: string;
}

async function readMetadata(path: string): Promise<string> {
  const signal = AbortSignal.timeout(5000);
  const token = await fetch(`${METADATA}/api/token`, {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
    signal,
  });
  const answer = await fetch(`${METADATA}/${path}`, {
    headers: { 'x-aws-ec2-metadata-token': await token.text() },
    signal,
  });
  if (!answer.ok) throw new Error(`The metadata service answers ${answer.status} for ${path}.`);
  return answer.text();
}

async function readCredentials(): Promise<Credentials> {
  const role = await readMetadata('meta-data/iam/security-credentials/');
  return JSON.parse(await readMetadata(`meta-data/iam/security-credentials/${role}`)) as Credentials;
}

export class Requests {
  constructor(private readonly config: AgentConfig) {}

  async post<T>(path: string, body: object): Promise<T> {
    const response = await this.send('POST', path, JSON.stringify(body));
    return (await response.json()) as T;
  }

  get = (path: string): Promise<Response> => this.send('GET', path);

  private async send(method: string, path: string, body?: string): Promise<Response> {
    const { AccessKeyId, Token } = await readCredentials();
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    const scope = `${AccessKeyId}/${day}/${this.config.region}/ecs/aws4_request`;
    const response = await fetch(`${this.config.endpoint}/_local/ecs/agent/${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'x-amz-security-token': Token,
        // The local AWS takes the role from it, and checks no signature.
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
      },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body === undefined ? {} : { body }),
    });
    if (response.ok) return response;
    const text = await response.text();
    let error: { code?: string; message?: string; __type?: string } = {};
    try {
      error = JSON.parse(text);
    } catch {
      // What it says is all there is.
    }
    throw new HttpError(
      response.status,
      error.code ?? error.__type ?? `HTTP ${response.status}`,
      error.message ?? text,
    );
  }
}
