/**
 * The limit of any scaler that looks as seldom: it sees the truth at once, knows which boots will never be ready and which
 * agents take no job, and no call of its own fails.
 */
import type { Control, Scene } from './control';

export class AllKnowing implements Control {
  private isResting = false;

  constructor(
    private readonly scene: Scene,
    private readonly pollSeconds: number,
  ) {}

  start(): void {
    const { group, ci, agenda } = this.scene;
    let useful = 0;
    for (const instance of group.members.values())
      if (instance.isUseful && (instance.state === 'pending' || instance.state === 'inService')) useful += 1;
    const busy = Math.min(ci.running, useful);
    const missing = ci.queued - (useful - busy);
    if (missing > 0) group.setDesired(Math.min(group.plan.max, group.desired + missing));
    if (ci.queued === 0) this.isResting = true;
    else agenda.in(this.pollSeconds, () => this.start());
  }

  touch(): void {
    if (!this.isResting || this.scene.ci.queued === 0) return;
    this.isResting = false;
    const poll = this.pollSeconds * 1000;
    this.scene.agenda.at(Math.ceil(this.scene.agenda.now / poll) * poll, () => this.start());
  }
}
