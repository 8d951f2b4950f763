/** A perfect config, with one deviation. */
import { parse } from 'yaml';
import { type Config, configSchema } from '../../config/schema';

const PERFECT = `
aws: { accountId: "123456789012", region: eu-central-1 }
accounts: { main: { ci: circleci } }
images: { runner: { agents: [circleci] } }
fleets:
  - { name: linux, account: main, resourceClass: acme/linux, image: runner, instanceTypes: [m7i.large], max: 3 }
`;

/** The perfect config's fleet, at GitLab. */
export function serveGitlab(raw: Raw): void {
  raw.accounts.lab = { ci: 'gitlab', webhook: true };
  raw.images.runner.agents = ['gitlab'];
  const { resourceClass: _, ...fleet } = raw.fleets[0];
  raw.fleets[0] = { ...fleet, account: 'lab', gitlab: { runnerId: 7, projects: ['acme/app'] } };
}

export function makeRawConfig(deviate: (raw: Raw) => void = () => {}): Raw {
  const raw = parse(PERFECT) as Raw;
  deviate(raw);
  return raw;
}

export const makeConfig = (deviate?: (raw: Raw) => void): Config => ({
  ...configSchema.parse(makeRawConfig(deviate)),
  environment: 'dev',
});

// biome-ignore lint/suspicious/noExplicitAny: what a test writes into it is checked by the schema
export type Raw = Record<string, any>;
