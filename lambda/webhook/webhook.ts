import type { LambdaFunctionURLEvent } from 'aws-lambda';
import type { Clock } from '../../clock/clock';
import type { Log, Tokens } from '../scaler/ports';
import { isSame } from './is-same';
import type { Settings } from './settings';
import { wakes } from './wakes';

export interface Ports extends Pick<Clock, 'now'> {
  /** The secrets that hooks carry. */
  secrets: Tokens;
  /** Has the scaler poll the fleets of an account, without waiting for it. */
  wakeScaler(account: string): Promise<void>;
  log: Log;
}

export interface Reply {
  statusCode: number;
  body: string;
}

/** The permission that lets the world call the URL lets it call the function too, with anything: all may be missing. */
type Event = Partial<Pick<LambdaFunctionURLEvent, 'rawPath' | 'headers' | 'body' | 'isBase64Encoded'>> & {
  requestContext?: { http?: { method?: string } };
};

/** A pipeline queues its jobs in one moment, and one poll sees them all. */
const DEBOUNCE_MS = 5_000;
/** GitLab's job events are some KB; commit messages are in them. */
const MOST_BYTES = 1_000_000;

/**
 * Takes the job events of GitLab at `<function URL>/<account>`. They decide nothing: a job that waits has the scaler
 * look a few seconds earlier, and whatever goes wrong here costs these seconds.
 */
export function createWebhook({ accounts }: Settings, ports: Ports): (event: Event) => Promise<Reply> {
  const { now, secrets, wakeScaler, log } = ports;
  const wokenAt = new Map<string, number>();

  /** Who may not know that the secret was changed is asked twice before he is refused. */
  async function isKnown(given: string, name: string): Promise<boolean | 'unreadable'> {
    const secret = await secrets.read(name);
    if (secret.kind === 'unknown') return 'unreadable';
    if (isSame(given, secret.value)) return true;
    const renewed = await secrets.renew(name, secret.value);
    return renewed.kind === 'token' && isSame(given, renewed.value);
  }

  async function wake(name: string): Promise<Reply> {
    const last = wokenAt.get(name) ?? -Infinity;
    if (now() - last < DEBOUNCE_MS) return reply(202, 'woken a moment ago');
    wokenAt.set(name, now());
    try {
      await wakeScaler(name);
    } catch (error) {
      wokenAt.set(name, last);
      log.warn(`${name}: the scaler could not be woken`, { account: name, error: String(error) });
      return reply(502, 'the scaler could not be woken; it looks by itself within a minute');
    }
    log.info(`${name}: woken`, { account: name });
    return reply(202, 'woken');
  }

  return async ({ rawPath = '', headers = {}, body = '', isBase64Encoded, requestContext }) => {
    if (requestContext?.http?.method !== 'POST') return reply(405, 'use POST');
    const name = rawPath.replace(/^\/+|\/+$/g, '');
    const account = Object.hasOwn(accounts, name) ? accounts[name] : undefined;
    if (!account) return reply(404, 'the path names no account with a webhook');
    const known = await isKnown(headers['x-gitlab-token'] ?? '', account.secret);
    if (known === 'unreadable') {
      log.warn(`${name}: the secret of the webhook cannot be read`, { account: name });
      return reply(503, 'the secret cannot be read; the scaler looks by itself');
    }
    if (!known) return reply(401, 'X-Gitlab-Token is not the secret of this account');
    const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
    if (Buffer.byteLength(text) > MOST_BYTES) return reply(413, `at most ${MOST_BYTES} bytes`);
    const isWaiting = wakes(text);
    if (isWaiting === undefined) return reply(400, 'the body is no JSON object');
    return isWaiting ? wake(name) : reply(204, '');
  };
}

const reply = (statusCode: number, body: string): Reply => ({ statusCode, body });
