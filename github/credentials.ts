import { createPrivateKey } from 'node:crypto';
import * as z from 'zod/mini';
import type { GithubCredentials } from './types';

const app = z.object({ appId: z.union([z.string(), z.number()]), privateKey: z.string() });

const FORMS =
  'Use a fine-grained token (github_pat_…), or a GitHub App as JSON: {"appId": "123456", "privateKey": "-----BEGIN RSA PRIVATE KEY-----…"}, both with the repository permission Administration: read and write.';

/**
 * Credentials as they are stored: a GitHub App as JSON {"appId", "privateKey"}, or a fine-grained token.
 * @throws Error that names what is wrong, and nothing of what is there
 */
export function parseGithubCredentials(text: string): GithubCredentials {
  const given = text.trim();
  if (given.startsWith('github_pat_')) return { kind: 'token', token: given };
  if (given.startsWith('{')) return parseApp(given);
  throw new Error(`${toReason(given)} ${FORMS}`);
}

function parseApp(text: string): GithubCredentials {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`This begins with { and is no JSON. ${FORMS}`);
  }
  const result = app.safeParse(value);
  if (!result.success)
    throw new Error(`The JSON has no ${result.error.issues[0]?.path.join('.') ?? 'appId'}. ${FORMS}`);
  return toApp(String(result.data.appId), result.data.privateKey);
}

/**
 * @param appId the id of an App, or its client id
 * @throws Error that names what is wrong, and nothing of what is there
 */
export function toApp(appId: string, privateKey: string): GithubCredentials {
  if (!/^[A-Za-z0-9.]{1,64}$/.test(appId.trim()))
    throw new Error("The App's id is no number (123456) nor client id (Iv23…): see the App's settings.");
  // Secrets that went through a shell or a form have their line ends written out.
  const pem = `${privateKey.replace(/\\n/g, '\n').trim()}\n`;
  try {
    createPrivateKey(pem);
  } catch {
    throw new Error(
      "The App's private key is no key in PEM form: it begins with -----BEGIN RSA PRIVATE KEY----- and has all its lines. The App's settings make a new one.",
    );
  }
  return { kind: 'app', appId: appId.trim(), privateKey: pem };
}

function toReason(given: string): string {
  if (given === '') return 'There is no credential for GitHub.';
  if (given.startsWith('ghp_'))
    return 'This is a classic token (ghp_…), which reaches every repository of its owner.';
  if (given.startsWith('ghs_'))
    return 'This is the token of an installation (ghs_…), which ends within an hour.';
  return 'This is no credential for GitHub that is known.';
}
