/** Queue and instances over time, for a picture: so many points at most, each the most of its stretch. */
export interface Point {
  /** Milliseconds since 1970. */
  at: number;
  queued: number;
  running: number;
  pending: number;
  inService: number;
  draining: number;
}

type Counts = Omit<Point, 'at'>;

export class Timeline {
  readonly points: Point[] = [];
  private current: Point | undefined;
  private last: Counts = { queued: 0, running: 0, pending: 0, inService: 0, draining: 0 };

  /** @param stretch milliseconds of one point */
  constructor(
    private readonly begin: number,
    private readonly stretch: number,
  ) {}

  note(now: number, counts: Counts): void {
    const at = this.begin + Math.floor((now - this.begin) / this.stretch) * this.stretch;
    if (this.current?.at !== at) {
      // What was so at the end of the stretch before is so at the beginning of this one.
      this.current = { at, ...this.last };
      this.points.push(this.current);
    }
    this.last = counts;
    const { current } = this;
    current.queued = Math.max(current.queued, counts.queued);
    current.running = Math.max(current.running, counts.running);
    current.pending = Math.max(current.pending, counts.pending);
    current.inService = Math.max(current.inService, counts.inService);
    current.draining = Math.max(current.draining, counts.draining);
  }
}
