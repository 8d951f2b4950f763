/**
 * What the stacks tell the webhook: a static file inside the Lambda package, as the scaler's.
 * Written by `serialize` at synthesis, read by `parse` at cold start; the one home of this contract.
 */
// `* as z`: the named export `z` would bring all languages of zod along, 400 KB.
import * as z from 'zod/mini';
import { settingsText } from '../settings-text';

const account = z.object({
  /** Secrets Manager name of what GitLab sends as X-Gitlab-Token. */
  secret: z.string(),
});

const settings = z.object({
  environment: z.string(),
  /** Name of the function that is woken. */
  scalerFunction: z.string(),
  /** By name: the hooks of an account post to `<function URL>/<name>`. */
  accounts: z.record(z.string(), account),
});

export type Settings = z.infer<typeof settings>;

export const { serialize, parse } = settingsText(settings, 'webhook');
