/**
 * The one schema of config/<environment>.yaml: types, checks, editor schema and docs/config.md all come from it.
 * Each field says what it is, its unit and its default.
 */
import { z } from 'zod';

const name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,23}$/,
    'use 1 to 24 lower-case letters, digits and dashes, starting with a letter',
  );

const tags = z.record(z.string(), z.string());

const seconds = (min: number, max: number) => z.int().min(min).max(max);

const openingTime = z.strictObject({
  open: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'use HH:MM'),
  close: z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'use HH:MM, or 24:00 for midnight'),
});

const hours = z
  .strictObject({
    timeZone: z.string().describe('IANA time zone, such as Europe/Berlin.'),
    week: z
      .partialRecord(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']), z.array(openingTime))
      .describe('Opening times by weekday; a weekday that is missing is closed.'),
    holidays: z
      .array(z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'use YYYY-MM-DD'))
      .default([])
      .describe('Dates on which the fleet stays closed.'),
    outside: z
      .enum(['closed', 'on-demand'])
      .default('closed')
      .describe('Outside hours: closed (no instance), or on-demand (warm capacity is 0, jobs still run).'),
  })
  .describe('When the fleet is open. Absent: always.');

const aws = z.strictObject({
  accountId: z
    .string()
    .regex(/^\d{12}$/, 'use the 12 digits, in quotes')
    .describe('AWS account; a deploy to any other is refused.'),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'use a region such as eu-central-1')
    .describe('AWS region.'),
});

const state = z
  .discriminatedUnion('backend', [
    z.strictObject({
      backend: z.literal('local').describe('State in a file beside the project: for trying out.'),
    }),
    z.strictObject({
      backend: z.literal('s3').describe('State in a bucket, locked by a file beside it.'),
      bucket: z
        .string()
        .describe('Bucket, versioned and encrypted; docs/operating.md says how to create it.'),
      region: z.string().optional().describe('Region of the bucket. Default: that of aws.region.'),
      roleArn: z.string().optional().describe('Role to assume for reading and writing state.'),
      kmsKeyArn: z
        .string()
        .optional()
        .describe('KMS key of the state object. Default: the key of the bucket.'),
    }),
  ])
  .describe('Where Terraform keeps its state.');

const network = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('new').describe('A VPC of its own.'),
      cidr: z.string().default('10.0.0.0/16').describe('IPv4 range of the VPC.'),
      zones: z.int().min(1).max(6).default(2).describe('Availability zones to use.'),
      subnets: z
        .enum(['public', 'private'])
        .default('public')
        .describe('Where instances live. Neither accepts connections.'),
      nat: z
        .enum(['none', 'one', 'per-zone'])
        .default('none')
        .describe(
          'NAT gateways for private subnets: none (VPC endpoints or a proxy carry the traffic), one, or one per zone.',
        ),
    }),
    z.strictObject({
      kind: z.literal('existing').describe('A VPC that is there already.'),
      vpcId: z.string().regex(/^vpc-[0-9a-f]+$/, 'use a VPC id (vpc-…)'),
      subnetIds: z
        .array(z.string().regex(/^subnet-[0-9a-f]+$/, 'use a subnet id (subnet-…)'))
        .min(1)
        .describe('Subnets for the instances.'),
      publicIp: z
        .boolean()
        .default(false)
        .describe('Give instances a public address (public subnets need it).'),
    }),
  ])
  .describe('The network that instances live in.');

const organization = z
  .strictObject({
    permissionsBoundaryArn: z.string().optional().describe('Permissions boundary of every role.'),
    rolePath: z
      .string()
      .regex(/^\/([\w+=,.@-]+\/)*$/, 'start and end with /')
      .default('/')
      .describe('Path of every role.'),
    tags: tags
      .default({})
      .describe('Tags of every resource, instance, volume, network interface and image builder.'),
    kmsKeyArn: z
      .string()
      .optional()
      .describe('Customer KMS key for volumes, images, secrets and logs. Default: AWS managed keys.'),
    proxy: z.string().optional().describe('HTTP proxy for instances and bakes, http://host:port.'),
    noProxy: z.array(z.string()).default([]).describe('Hosts that are reached without the proxy.'),
    caFile: z
      .string()
      .optional()
      .describe(
        'PEM file with private CA certificates, installed into every image. Relative to the config file.',
      ),
  })
  .default({ rolePath: '/', tags: {}, noProxy: [] })
  .describe('Rules of the organization.');

export const TOOLCHAINS = ['git', 'build-essential', 'docker', 'node'] as const;

const image = z.strictObject({
  base: z
    .strictObject({
      owner: z
        .string()
        .default('136693071363')
        .describe('AWS account that publishes the base image. Default: Debian.'),
      name: z
        .string()
        .default('debian-13-{arch}-*')
        .describe('Name filter of the base image; {arch} becomes amd64 or arm64.'),
    })
    .default({ owner: '136693071363', name: 'debian-13-{arch}-*' })
    .describe('Base image. Default: the newest Debian 13 of Debian.'),
  architecture: z.enum(['x86_64', 'arm64']).default('x86_64').describe('CPU architecture.'),
  agents: z
    .array(z.enum(['circleci']))
    .min(1)
    .describe('CI agents in the image.'),
  toolchains: z
    .array(z.enum(TOOLCHAINS))
    .default(['git', 'build-essential'])
    .describe('What jobs find installed.'),
  diskGb: z.int().min(8).max(16384).default(16).describe('Root volume of the image, GB.'),
});

const account = z.strictObject({
  ci: z.enum(['circleci']).describe('CI system.'),
  baseUrl: z
    .url()
    .default('https://runner.circleci.com')
    .describe('Runner API. Self-hosted CircleCI server: its own URL.'),
  concurrency: z
    .int()
    .min(1)
    .optional()
    .describe('Jobs that the plan runs at once over all fleets of this account. Default: no limit known.'),
});

const fleet = z.strictObject({
  name: name.describe('Name, unique in the environment.'),
  account: z.string().describe('CI account, a key of `accounts`.'),
  resourceClass: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+$/, 'use namespace/name')
    .describe('CircleCI resource class that the fleet serves.'),
  image: z.string().describe('Image, a key of `images`.'),
  instanceTypes: z
    .array(z.string().regex(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, 'use a type such as m7i.large'))
    .min(1)
    .max(40)
    .describe('Instance types, all of the architecture of the image.'),
  spotPercent: z.int().min(0).max(100).default(0).describe('Share of spot instances, percent.'),
  diskGb: z.int().min(8).max(16384).default(50).describe('Root volume, GB (gp3, encrypted).'),
  max: z.int().min(1).max(5000).describe('Instances at most.'),
  warm: z.int().min(0).default(0).describe('Idle instances that wait for jobs.'),
  jobsPerInstance: z
    .int()
    .min(1)
    .max(1)
    .default(1)
    .describe('Jobs that one instance runs at once. CircleCI runners run one.'),
  surge: z.int().min(1).optional().describe('Instances that one poll may add at most. Default: no limit.'),
  jobLimitMinutes: z
    .int()
    .min(1)
    .max(2880)
    .default(300)
    .describe('Minutes that one job may take. AWS holds a draining instance for 48 h at most.'),
  idleSeconds: seconds(10, 3600)
    .default(60)
    .describe('Seconds without a job after which an instance leaves.'),
  docker: z
    .enum(['rootless', 'rootful', 'none'])
    .default('none')
    .describe('Docker for jobs. rootful makes jobs root: one trust level per fleet.'),
  hours: hours.optional(),
  tags: tags.default({}).describe('Tags of this fleet, added to those of the organization.'),
});

export const configSchema = z.strictObject({
  aws,
  state: state.default({ backend: 'local' }),
  network: network.default({ kind: 'new', cidr: '10.0.0.0/16', zones: 2, subnets: 'public', nat: 'none' }),
  organization,
  alarms: z
    .strictObject({ emails: z.array(z.email()).default([]).describe('Who is told of alarms.') })
    .default({ emails: [] })
    .describe('Alarms go to the SNS topic muster-<environment>-alarms.'),
  scaler: z
    .strictObject({
      pollSeconds: seconds(5, 60).default(10).describe('Seconds between two looks at the queue.'),
      inVpc: z
        .boolean()
        .default(false)
        .describe('Run the scaler inside the network: for a CI that only a private network reaches.'),
      logDays: z.int().default(30).describe('Days that logs are kept.'),
    })
    .default({ pollSeconds: 10, inVpc: false, logDays: 30 })
    .describe('The Lambda that decides how many.'),
  accounts: z.record(name, account).describe('CI accounts by name.'),
  images: z.record(name, image).describe('Images by name.'),
  fleets: z.array(fleet).min(1).describe('Fleets.'),
});

export type Config = z.infer<typeof configSchema> & {
  /** Name of the environment: the file name without .yaml. */
  environment: string;
};
export type FleetConfig = Config['fleets'][number];
export type ImageConfig = Config['images'][string];
export type AccountConfig = Config['accounts'][string];
export type NetworkConfig = Config['network'];
