/** What a task asks of AWS: credentials of its role, and Secrets Manager for one secret; with what can go wrong. */
import {
  answerByRoute,
  jsonBody,
  type Reply,
  type Service,
  type ServiceRequest,
  startService,
} from '../../local/cloud/http-service';

/** What is answered instead; `silence` never answers, `lost` does what is asked and answers nothing good. */
export type Fault = { type: string; status?: number } | 'silence' | 'lost';

export const CREDENTIALS_PATH = '/v2/credentials/of-a-test';
export const ROLE = {
  AccessKeyId: 'ASIAOFATEST',
  SecretAccessKey: 'key-of-a-test',
  Token: 'session-of-a-test',
};

const silence = () => new Promise<Reply>(() => undefined);

export class TaskAws {
  readonly secrets = new Map<string, string>();
  /** By action: one for each request, the last for all that follow. */
  faults: Record<string, (Fault | null)[]> = {};
  isRoleSilent = false;
  requests: { action: string; authorization: string; sessionToken: string }[] = [];
  private services: Service[] = [];

  async start(): Promise<{ credentials: number; secrets: number }> {
    const credentials = await startService('127.0.0.1', 0, (request) => {
      if (this.isRoleSilent) return silence();
      const answer = () => ({ status: 200, body: { ...ROLE, Expiration: '2030-01-01T00:00:00Z' } });
      return answerByRoute([['GET', new RegExp(`^${CREDENTIALS_PATH}$`), answer]], request);
    });
    const secrets = await startService('127.0.0.1', 0, (request) => this.answer(request));
    this.services = [credentials, secrets];
    return { credentials: credentials.port, secrets: secrets.port };
  }

  async stop(): Promise<void> {
    await Promise.all(this.services.map((service) => service.stop()));
  }

  private answer(request: ServiceRequest): Reply | Promise<Reply> {
    const action = String(request.headers['x-amz-target']).replace('secretsmanager.', '');
    const { authorization = '', 'x-amz-security-token': sessionToken } = request.headers;
    this.requests.push({ action, authorization, sessionToken: String(sessionToken) });
    const faults = this.faults[action] ?? [];
    const fault = faults.length > 1 ? faults.shift() : faults[0];
    if (fault === 'silence') return silence();
    if (fault === 'lost') {
      this.perform(action, request);
      return { status: 500, body: { __type: 'InternalServiceError' } };
    }
    if (fault) return { status: fault.status ?? 400, body: { __type: fault.type, message: 'of a test' } };
    return this.perform(action, request);
  }

  private perform(action: string, request: ServiceRequest): Reply {
    const { SecretId, ForceDeleteWithoutRecovery } = jsonBody(request);
    const value = this.secrets.get(String(SecretId));
    if (value === undefined)
      return { status: 400, body: { __type: 'ResourceNotFoundException', message: 'not there' } };
    if (action === 'GetSecretValue') return { status: 200, body: { Name: SecretId, SecretString: value } };
    if (ForceDeleteWithoutRecovery === true) this.secrets.delete(String(SecretId));
    return { status: 200, body: { Name: SecretId } };
  }
}
