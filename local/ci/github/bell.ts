/** Wakes all that wait at once; each looks for itself whether it is meant. */
export class Bell {
  private waiting = new Set<() => void>();

  ring(): void {
    const woken = [...this.waiting];
    this.waiting = new Set();
    for (const wake of woken) wake();
  }

  /** Resolves when it rings, at the latest after so many milliseconds or when the signal is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done, { once: true });
      this.waiting.add(done);
    });
  }
}
