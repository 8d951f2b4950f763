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
  // What is left would not do for one more round of the level; it goes round instance by instance.
  let left = concurrency - jobs(shares);
  for (let given = true; given; ) {
    given = false;
    fleets.forEach(({ slots }, i) => {
      const share = shares[i] ?? 0;
      if (share >= (goals[i] ?? 0) || slots > left) return;
      shares[i] = share + 1;
      left -= slots;
      given = true;
    });
  }
  return shares;
}
