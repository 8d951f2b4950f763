/**
 * What the stacks tell the drain Lambda: a static file inside its package, as the scaler's.
 * Written by `serialize` at synthesis, read by `parse` at cold start; the one home of this contract.
 */
// `* as z`: the named export `z` would bring all languages of zod along, 400 KB.
import * as z from 'zod/mini';
import { settingsText } from '../settings-text';

/** CloudWatch metrics, dimension Environment. Published when there is something to count. */
export const METRIC_NAMESPACE = 'Muster';
export const METRICS = {
  /** Instances that began to drain because they were told to. */
  started: 'DrainsStarted',
  /** Instances whose hook was completed from here: they were gone, or nobody heard of them any more. */
  released: 'DrainsReleased',
  /** Instances that could not be told, whatever became of them. */
  unanswered: 'DrainsUnanswered',
} as const;

const group = z.object({
  fleet: z.string(),
  /** CloudWatch log group of the instances; the stream of one is named after its id. */
  logGroup: z.string(),
});

const settings = z.object({
  environment: z.string(),
  /** SSM document that drains the instance it runs on. */
  document: z.string(),
  /** Name of the lifecycle hook that waits for a drain. */
  hook: z.string(),
  /** By the name of the Auto Scaling group. */
  groups: z.record(z.string(), group),
});

export type Settings = z.infer<typeof settings>;

export const { serialize, parse } = settingsText(settings, 'drain');
