/**
 * What the stacks tell the scaler: a static file inside the Lambda package (no 4 KB environment limit).
 * Written by `serialize` at synthesis, read by `parse` at cold start; the one home of this contract.
 */
// `* as z`: the named export `z` would bring all languages of zod along, 400 KB.
import * as z from 'zod/mini';
import { settingsText } from '../settings-text';

/** CloudWatch metrics of a fleet, dimensions Environment and Fleet. Alarms in stacks/ use these names. */
export const METRIC_NAMESPACE = 'Muster';
export const METRICS = {
  queued: 'Queued',
  running: 'Running',
  desired: 'Desired',
  inService: 'InService',
  /** 1 when demand or capacity could not be read in a poll, else 0. */
  unknown: 'Unknown',
  /** 1 when jobs wait but the fleet cannot grow (launch-failing, not-claimed, suspended), else 0. */
  blocked: 'Blocked',
} as const;

/**
 * Tag of a group in which the scaler keeps what must survive a cold start. Terraform must ignore it
 * (provider `ignore_tags`), or every deploy would wipe it.
 */
export const MEMORY_TAG = 'muster:scaler';

/**
 * Tag of a group that tells its instances how many of them stay though they are idle (a number in digits). Written by
 * the scaler, read by provision/rootfs, ignored by Terraform like the other.
 */
export const WARM_TAG = 'muster:warm';

/**
 * Tag of a group that an operator paused: since when, as ISO 8601; any text but an empty one pauses. Written by
 * `make pause`, removed by `make resume`, ignored by Terraform like the others.
 */
export const PAUSED_TAG = 'muster:paused';

/**
 * Tag of a group in which the housekeeper keeps whose runner the CI does not know, and what it ended for that. Ignored
 * by Terraform like the others.
 */
export const STUCK_TAG = 'muster:stuck';

/** How esbuild bundles the scaler: ES modules first, for they can be shaken (368 KB against 553 KB, measured). */
export const BUNDLE = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
} as const;

const openingTime = z.object({ open: z.string(), close: z.string() });

const hours = z.object({
  timeZone: z.string(),
  /** Opening times by weekday, 'HH:MM' (24:00 is allowed as a close); a missing weekday is closed. */
  week: z.partialRecord(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']), z.array(openingTime)),
  /** Dates (YYYY-MM-DD) in the time zone on which the fleet stays closed. */
  holidays: z.array(z.string()),
  outside: z.enum(['closed', 'on-demand']),
});

const common = {
  baseUrl: z.string(),
  /** Secrets Manager name of the API token that reads the counts. */
  apiTokenSecret: z.string(),
  /** Jobs that the account's plan runs at once, over all its fleets. */
  concurrency: z.optional(z.number()),
};

const account = z.discriminatedUnion('ci', [
  z.object({ ci: z.literal('circleci'), ...common }),
  z.object({
    ci: z.literal('gitlab'),
    ...common,
    /** Requests a minute that the API token may make, over all fleets of the account. */
    requestsPerMinute: z.number(),
    /** Whether a webhook wakes the scaler: it gets half of the requests then. */
    webhook: z.optional(z.boolean()),
  }),
  z.object({ ci: z.literal('nomad'), ...common, region: z.string() }),
]);

const queue = z.discriminatedUnion('ci', [
  z.object({ ci: z.literal('circleci'), resourceClass: z.string() }),
  z.object({
    ci: z.literal('gitlab'),
    runnerId: z.number(),
    /** Paths such as acme/app. */
    projects: z.array(z.string()),
    /** Paths; subgroups count. */
    groups: z.array(z.string()),
  }),
  z.object({
    ci: z.literal('nomad'),
    datacenter: z.string(),
    nodePool: z.string(),
    namespaces: z.array(z.string()),
    /** none: Nomad is not asked, and the fleet has as many instances as are warm. */
    demand: z.enum(['queue', 'none']),
  }),
]);

/** Idle instances that wait: always as many, or by the hour of the day (24 numbers) in a time zone. */
const warm = z.union([z.number(), z.object({ timeZone: z.string(), byHour: z.array(z.number()) })]);

/** How a group with a mixed-instances policy buys; the scaler owns the share of on-demand instances, a deploy leaves it alone. */
const spot = z.object({
  /** Of its instances so many in a hundred, unless it falls back. */
  percent: z.number(),
  /** Minutes without spot capacity after which on-demand instances are bought; 0: never. */
  fallbackMinutes: z.number(),
});

const fleet = z.object({
  name: z.string(),
  /** Name of the Auto Scaling group. */
  group: z.string(),
  account: z.string(),
  queue,
  max: z.number(),
  warm,
  /** Jobs that one instance runs at once. */
  slots: z.number(),
  /** Instances that one poll may add at most; absent: no limit. */
  surge: z.optional(z.number()),
  hours: z.optional(hours),
  spot: z.optional(spot),
  /** Whom Auto Scaling may not end; absent: those with a job. */
  protection: z.optional(z.literal('all')),
});

const settings = z.object({
  environment: z.string(),
  pollSeconds: z.number(),
  accounts: z.record(z.string(), account),
  fleets: z.array(fleet),
});

export type Settings = z.infer<typeof settings>;
export type FleetSettings = z.infer<typeof fleet>;
export type AccountSettings = z.infer<typeof account>;
export type Queue = z.infer<typeof queue>;
export type Warm = z.infer<typeof warm>;
export type Hours = z.infer<typeof hours>;
export type SpotSettings = z.infer<typeof spot>;

export const { serialize, parse } = settingsText(settings, 'scaler');
