/**
 * What the stacks tell the webhook: a static file inside the Lambda package, as the scaler's.
 * Written by `serialize` at synthesis, read by `parse` at cold start; the one home of this contract.
 */
// `* as z`: the named export `z` would bring all languages of zod along, 400 KB.
import * as z from 'zod/mini';

const account = z.object({
  /** The CI account, and the path under the function URL that its GitLab posts to: https://….on.aws/<name>. */
  name: z.string(),
  /** Secrets Manager name of the secret that the webhook in GitLab sends in X-Gitlab-Token. */
  secret: z.string(),
});

const settings = z.object({
  environment: z.string(),
  region: z.string(),
  /** Name of the function that {"wake": "<account>"} is sent to. */
  scaler: z.string(),
  /** Only the accounts with `webhook: true`. */
  accounts: z.array(account),
});

export type Settings = z.infer<typeof settings>;
export type AccountSettings = z.infer<typeof account>;

export const serialize = (value: Settings): string => `${JSON.stringify(settings.parse(value), null, 2)}\n`;

export function parse(text: string): Settings {
  const result = settings.safeParse(JSON.parse(text));
  if (!result.success)
    throw new Error(
      `settings.json does not fit this webhook: ${z.prettifyError(result.error)}. Deploy again.`,
    );
  return result.data;
}
