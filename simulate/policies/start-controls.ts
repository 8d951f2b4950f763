/** Who scales which fleet: the deployed scaler looks at those that share a concurrency together, all others have their own. */
import type { Agenda } from '../agenda';
import type { Fleet } from '../fleet';
import { createRandom } from '../random';
import { ScaledFleet } from '../scaled-fleet';
import { Scaler } from '../scaler';
import type { World } from '../world';
import { AllKnowing } from './all-knowing';
import { AlwaysOn } from './always-on';
import type { Control } from './control';
import { PublishedControl } from './published';

interface Surroundings {
  agenda: Agenda;
  world: World;
  /** As the config tells it; undefined: nobody told. */
  concurrency: number | undefined;
}

/** @param until when nothing more is to happen that nobody asked for, milliseconds since 1970 */
export function startControls(fleets: readonly Fleet[], surroundings: Surroundings, until: number): void {
  const ours = fleets.filter(({ plan }) => plan.policy === 'muster');
  const others = fleets.filter(({ plan }) => plan.policy !== 'muster');
  const cohorts = surroundings.concurrency === undefined ? ours.map((fleet) => [fleet]) : [ours];
  const started = [
    ...cohorts
      .filter(({ length }) => length > 0)
      .map((cohort) => ({ control: toScaler(cohort, surroundings), cohort })),
    ...others.map((fleet) => ({ control: toControl(fleet), cohort: [fleet] })),
  ];
  for (const { control, cohort } of started) for (const fleet of cohort) fleet.begin(control, until);
  for (const { control } of started) control.start();
}

function toScaler(fleets: readonly Fleet[], { agenda, world, concurrency }: Surroundings): Control {
  const seen = new Map(fleets.map((fleet) => [new ScaledFleet(fleet.plan.settings, fleet.scene), fleet]));
  const [first] = fleets;
  return new Scaler({
    fleets: [...seen.keys()],
    pollSeconds: first?.plan.pollSeconds ?? 10,
    concurrency,
    agenda,
    random: createRandom(world.seed, `${first?.plan.settings.name}/invocations`),
    faults: world.faults,
    onLook: (look, fleet) => seen.get(fleet)?.note(look),
  });
}

function toControl({ plan: { policy, pollSeconds }, scene }: Fleet): Control {
  switch (policy) {
    case 'muster':
      throw new Error('The deployed scaler is made for all of its fleets at once.');
    case 'always-on':
      return new AlwaysOn(scene);
    case 'published-maximum':
      return new PublishedControl(scene, 'maximum');
    case 'published-nothing':
      return new PublishedControl(scene, 'nothing');
    case 'all-knowing':
      return new AllKnowing(scene, pollSeconds);
  }
}
