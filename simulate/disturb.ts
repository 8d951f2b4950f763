/** What people and Auto Scaling itself do to a group: nothing of it may cost a job. */
import type { Scene } from './policies/control';

const DAY = 86_400;

export function disturb(scene: Scene, until: number): void {
  const { world, group, random, agenda } = scene;
  const { emptiedPerDay, chosenPerDay } = world.faults;
  const again = (perDay: number, what: () => void) => {
    if (perDay === 0) return;
    const next = () => {
      const at = agenda.now + random.wait(perDay) * DAY * 1000;
      if (at > until) return;
      agenda.at(at, () => {
        what();
        next();
      });
    };
    next();
  };
  again(emptiedPerDay, () => group.setDesired(0));
  // A refresh, the maximum lifetime or rebalancing ends protected ones too.
  again(chosenPerDay, () => {
    const counted = [...group.members.values()].filter(
      ({ state }) => state === 'inService' || state === 'pending',
    );
    const victim = random.pick(counted);
    if (victim) group.terminate(victim);
  });
}
