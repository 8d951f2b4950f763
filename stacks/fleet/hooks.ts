/** Seconds that a lifecycle hook waits for a sign of life. Both are in the group and in the boot environment. */

/** Twice the 95th percentile of a boot: longer makes one that hangs cost more at p99 than anything else. */
export const LAUNCHING_HEARTBEAT = 180;

/** AWS allows 100 heartbeats up to 48 h, so 1,728 s would reach all of it; a draining instance renews it. */
export const TERMINATING_HEARTBEAT = 1800;
