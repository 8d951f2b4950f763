/**
 * The records that the metadata service answers with: as fresh as the local AWS tells them within a moment, else what was
 * told last. The real service answers however busy AWS is, and a machine that hears nothing from it gives up.
 */
import type { InstanceRecord } from '../instance';

/** One machine asks for several documents at once. */
const FRESH_MS = 500;
/** A machine waits two seconds for an answer. */
const PATIENCE_MS = 700;

export interface RecordsPorts {
  read: (instanceId: string) => Promise<InstanceRecord | null>;
  now: () => number;
}

export class Records {
  private readonly known = new Map<string, { record: InstanceRecord | null; at: number }>();
  private readonly reading = new Map<string, Promise<InstanceRecord | null>>();

  constructor(private readonly ports: RecordsPorts) {}

  /** @param launched the record that its machine was booted with. Null: the local AWS knows no such instance. */
  async of(launched: InstanceRecord): Promise<InstanceRecord | null> {
    const { instanceId } = launched;
    const known = this.known.get(instanceId);
    if (known && this.ports.now() - known.at < FRESH_MS) return known.record;
    const last = known ? known.record : launched;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<InstanceRecord | null>((resolve) => {
      timer = setTimeout(() => resolve(last), PATIENCE_MS);
    });
    try {
      return await Promise.race([this.read(instanceId), late]);
    } catch {
      return last;
    } finally {
      clearTimeout(timer);
    }
  }

  private read(instanceId: string): Promise<InstanceRecord | null> {
    const running = this.reading.get(instanceId);
    if (running) return running;
    const begun = this.ports
      .read(instanceId)
      .then((record) => {
        this.known.set(instanceId, { record, at: this.ports.now() });
        return record;
      })
      .finally(() => this.reading.delete(instanceId));
    // Whoever waited may have gone with the last answer.
    begun.catch(() => {});
    this.reading.set(instanceId, begun);
    return begun;
  }
}
