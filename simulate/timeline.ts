/** Queue and instances over time, for a picture: so many points at most, each as it was when there were most in its stretch. */
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

const toInstances = ({ pending, inService, draining }: Counts) => pending + inService + draining;

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
    // Of one moment, for what is stacked has to add up; jobs and instances each of theirs.
    if (counts.queued + counts.running > current.queued + current.running) {
      current.queued = counts.queued;
      current.running = counts.running;
    }
    if (toInstances(counts) > toInstances(current)) {
      current.pending = counts.pending;
      current.inService = counts.inService;
      current.draining = counts.draining;
    }
  }
}
