/** What the webhook is told, from the config. */
import { scalerName, webhookSecret } from '../../config/names';
import type { Config } from '../../config/schema';
import type { Settings } from '../../lambda/webhook/settings';
import { toWebhookAccounts } from './webhook-statements';

export function toWebhookSettings(config: Config): Settings {
  const { environment } = config;
  return {
    environment,
    scalerFunction: scalerName(environment),
    accounts: Object.fromEntries(
      toWebhookAccounts(config).map((name) => [name, { secret: webhookSecret(environment, name) }]),
    ),
  };
}
