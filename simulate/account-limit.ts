/** Jobs that a CI account runs at once, over all its fleets: what the plan says, whether anybody told the scaler or not. */
export class AccountLimit {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly most = Infinity) {}

  get isReached(): boolean {
    return this.running >= this.most;
  }

  take(): void {
    this.running += 1;
  }

  /** A job has ended: each fleet may have one that waits for its place. */
  release(): void {
    this.running -= 1;
    for (const look of this.waiting) look();
  }

  /** @param look called when there is a place again */
  onRelease(look: () => void): void {
    this.waiting.push(look);
  }
}
