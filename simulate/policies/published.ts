/**
 * The algorithm of both published CircleCI scalers, once a minute: as many instances as unclaimed tasks. Running jobs are
 * forgotten, so that the group shrinks the moment a job is claimed, and ends whom it likes.
 */
import type { Control, Scene } from './control';

/** What an error of the API comes to: a count that means the maximum, or a crash that leaves everything as it is. */
export type OnError = 'maximum' | 'nothing';

const MINUTE = 60;

export class PublishedControl implements Control {
  constructor(
    private readonly scene: Scene,
    private readonly onError: OnError,
  ) {}

  start(): void {
    const { agenda, group } = this.scene;
    const unclaimed = this.read();
    if (unclaimed !== undefined) group.setDesired(Math.min(unclaimed, group.plan.max));
    agenda.in(MINUTE, () => this.start());
  }

  touch(): void {}

  private read(): number | undefined {
    const { ci, random, world, group } = this.scene;
    const fails = ci.outUntil() !== undefined || random.chance(world.faults.readFails);
    if (fails) return this.onError === 'maximum' ? group.plan.max : undefined;
    return ci.read().queued;
  }
}
