/**
 * The one schema of config/<environment>.yaml: types, checks, editor schema and docs/config.md all come from it.
 * Each field says what it is, its unit and its default. What one field alone cannot tell is checked by rules/.
 */
import { z } from 'zod';
import { account } from './fields/account';
import { aws, state } from './fields/aws';
import { fleet } from './fields/fleet';
import { githubEcs } from './fields/github-ecs';
import { image } from './fields/image';
import { instanceType, name } from './fields/names';
import { network } from './fields/network';
import { housekeeping, nightly } from './fields/nightly';
import { organization } from './fields/organization';

export { AGENTS, TOOLCHAINS } from './fields/image';

/** What CloudWatch Logs accepts (PutRetentionPolicy). */
const LOG_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const configSchema = z.strictObject({
  aws,
  state: state.prefault({ backend: 'local' }),
  network: network.prefault({ kind: 'new' }),
  organization: organization.prefault({}),
  alarms: z
    .strictObject({
      emails: z
        .array(z.email('use an e-mail address'))
        .default([])
        .describe('Who is told of alarms; each has to confirm the first mail.'),
    })
    .prefault({})
    .describe('Alarms go to the SNS topic `muster-<environment>-alarms`.'),
  dashboard: z
    .boolean()
    .default(true)
    .describe(
      'A CloudWatch dashboard, `muster-<environment>`. AWS gives an account three for nothing, of up to 50 metrics (eight fleets) each; any other costs $3 a month.',
    ),
  prices: z
    .record(instanceType, z.number().positive().max(1000))
    .default({})
    .describe(
      'What you pay on demand, dollars an hour by instance type: for `make simulate`, and for what `make status` and the dashboard say was saved. Absent: the list prices of us-east-1 in config/prices.ts.',
    ),
  scaler: z
    .strictObject({
      pollSeconds: z.int().min(5).max(60).default(10).describe('Seconds between two looks at the queue.'),
      inVpc: z
        .boolean()
        .default(false)
        .describe('Run the scaler inside the network: for a CI that only a private network reaches.'),
      logDays: z
        .literal(LOG_DAYS)
        .default(30)
        .describe('Days that the logs of scaler and instances are kept, one of the values of CloudWatch.'),
    })
    .prefault({})
    .describe('The Lambda that decides how many.'),
  accounts: z.record(name, account).describe('CI accounts by name.'),
  images: z
    .record(name, image)
    .default({})
    .describe('Images by name. May be absent beside `githubEcs` without hosts.'),
  nightly: nightly.optional(),
  housekeeping: housekeeping.prefault({}),
  fleets: z.array(fleet).default([]).describe('Fleets, a list. May be absent beside `githubEcs`.'),
  githubEcs: githubEcs.optional(),
});

export type Config = z.infer<typeof configSchema> & {
  /** Name of the environment: the file name without .yaml. */
  environment: string;
};
export type FleetConfig = Config['fleets'][number];
export type ImageConfig = Config['images'][string];
export type AccountConfig = Config['accounts'][string];
/** An account whose queue a fleet can follow. */
export type QueueAccount = Exclude<AccountConfig, { ci: 'github' }>;
export type GithubEcsConfig = NonNullable<Config['githubEcs']>;
export type HostsConfig = NonNullable<GithubEcsConfig['hosts']>;
export type RepositoryRule = GithubEcsConfig['repositories'][number];
export type NetworkConfig = Config['network'];
export type GitlabConfig = NonNullable<FleetConfig['gitlab']>;
export type NomadConfig = NonNullable<FleetConfig['nomad']>;
export type WarmConfig = FleetConfig['warm'];
