/** What happens next, in virtual time: a binary heap by time, and by order of entry at the same time. */
export type Happening = () => void;

export class Agenda {
  /** Milliseconds since 1970. */
  now: number;
  private readonly times: number[] = [];
  private readonly orders: number[] = [];
  private readonly happenings: Happening[] = [];
  private entered = 0;

  constructor(start: number) {
    this.now = start;
  }

  get isEmpty(): boolean {
    return this.times.length === 0;
  }

  /** @param at milliseconds since 1970; what is past happens now */
  at(at: number, happening: Happening): void {
    this.entered += 1;
    let index = this.times.length;
    const time = Math.max(at, this.now);
    const order = this.entered;
    // Sift up with a hole instead of swaps.
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.isBefore(time, order, parent)) break;
      this.move(parent, index);
      index = parent;
    }
    this.put(index, time, order, happening);
  }

  /** @param seconds from now */
  in(seconds: number, happening: Happening): void {
    this.at(this.now + seconds * 1000, happening);
  }

  /** Lets everything happen up to a time, and what that leads to. */
  runUntil(end: number): void {
    while (this.times.length > 0 && (this.times[0] ?? Infinity) <= end) {
      this.now = this.times[0] ?? end;
      this.take()();
    }
    this.now = Math.max(this.now, end);
  }

  private take(): Happening {
    const first = this.happenings[0] as Happening;
    const time = this.times.pop() as number;
    const order = this.orders.pop() as number;
    const happening = this.happenings.pop() as Happening;
    const size = this.times.length;
    if (size === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.isBefore(this.times[right] as number, this.orders[right] as number, child))
        child = right;
      if (this.isBefore(time, order, child)) break;
      this.move(child, index);
      index = child;
    }
    this.put(index, time, order, happening);
    return first;
  }

  private isBefore(time: number, order: number, other: number): boolean {
    const theirs = this.times[other] as number;
    return time < theirs || (time === theirs && order < (this.orders[other] as number));
  }

  private move(from: number, to: number): void {
    this.put(to, this.times[from] as number, this.orders[from] as number, this.happenings[from] as Happening);
  }

  private put(index: number, time: number, order: number, happening: Happening): void {
    this.times[index] = time;
    this.orders[index] = order;
    this.happenings[index] = happening;
  }
}
