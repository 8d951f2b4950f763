export interface Asking {
  /** Instances that the fleet has asked for. */
  desired: number;
  /** Instances that it wants. */
  want: number;
  /** Jobs that one instance runs at once. */
  slots: number;
}

/**
 * Shares the jobs that a CI account runs at once over all its fleets: for each fleet the instances that it may
 * grow to. Nobody shrinks; what is left goes to those who have least, until all have what they want.
 * Fleets of the same account come in the same order every time, so that the answer is the same.
 */
export function shareConcurrency(fleets: readonly Asking[], concurrency: number): number[] {
  const goals = fleets.map(({ desired, want }) => Math.max(desired, want));
  const upTo = (level: number) =>
    fleets.map(({ desired, slots }, i) =>
      Math.max(desired, Math.min(goals[i] ?? desired, Math.floor(level / slots))),
    );
  const jobs = (shares: readonly number[]) =>
    shares.reduce((sum, share, i) => sum + share * (fleets[i]?.slots ?? 1), 0);

  // The highest level, in jobs a fleet, that fits: a search, for `jobs(upTo(level))` never falls.
  let fits = 0;
  let tooHigh = concurrency + 1;
  while (tooHigh - fits > 1) {
    const level = Math.floor((fits + tooHigh) / 2);
    if (jobs(upTo(level)) <= concurrency) fits = level;
    else tooHigh = level;
  }
  const shares = upTo(fits);
  // What is left is less than one instance for each fleet that wants more.
  let left = concurrency - jobs(shares);
  return shares.map((share, i) => {
    const slots = fleets[i]?.slots ?? 1;
    if (share >= (goals[i] ?? share) || slots > left) return share;
    left -= slots;
    return share + 1;
  });
}
