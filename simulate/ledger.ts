/** What instances cost, and for what. */
export interface Bill {
  /** Dollars, by what the instance did. */
  jobs: number;
  boot: number;
  idle: number;
  /** From the time when it has no job and takes none, with what the minimum of a minute adds. */
  drain: number;
  instanceHours: number;
  instances: number;
}

export const emptyBill = (): Bill => ({
  jobs: 0,
  boot: 0,
  idle: 0,
  drain: 0,
  instanceHours: 0,
  instances: 0,
});
export const toTotal = ({ jobs, boot, idle, drain }: Bill): number => jobs + boot + idle + drain;

/** The life of an instance; milliseconds. */
export interface Life {
  launchedAt: number;
  readyAt: number | undefined;
  /** How long it had a job, one at least. */
  busy: number;
  /** When it began to go: stopped to look at the queue, and had no job any more. */
  goesSince: number | undefined;
  endedAt: number;
}

/** EC2 bills by the second, a minute at least (https://aws.amazon.com/ec2/pricing/on-demand/). */
const MINIMUM_MS = 60_000;
const HOUR_MS = 3_600_000;

/**
 * Adds a life. Billed from the launch on: the seconds that AWS calls pending are free, which is left out, so that what
 * a boot costs is never told too low.
 * @param price dollars an hour
 */
export function addLife(bill: Bill, life: Life, price: number): void {
  const { launchedAt, readyAt, busy, goesSince, endedAt } = life;
  const lived = endedAt - launchedAt;
  const boot = (readyAt ?? endedAt) - launchedAt;
  const drain = goesSince === undefined ? 0 : endedAt - goesSince;
  const rest = Math.max(0, lived - boot - busy - drain);
  const dollars = (ms: number) => (ms / HOUR_MS) * price;
  bill.jobs += dollars(busy);
  bill.boot += dollars(boot);
  bill.idle += dollars(rest);
  bill.drain += dollars(drain + Math.max(0, MINIMUM_MS - lived));
  bill.instanceHours += Math.max(lived, MINIMUM_MS) / HOUR_MS;
  bill.instances += 1;
}
