/** As many instances as there may be, at all times: what people have before they scale. */
import type { Control, Scene } from './control';

export class AlwaysOn implements Control {
  constructor(private readonly scene: Scene) {}

  start(): void {
    const { group, lives } = this.scene;
    lives.warm = group.plan.max;
    group.setDesired(group.plan.max);
  }

  touch(): void {}
}
