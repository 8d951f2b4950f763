import type { FleetPlan } from '../plan';
import { type Look, Scaler } from '../scaler';
import { AllKnowing } from './all-knowing';
import { AlwaysOn } from './always-on';
import type { Control, Scene } from './control';
import { PublishedControl } from './published';

export function createControl(
  { policy, settings, pollSeconds }: Pick<FleetPlan, 'policy' | 'settings' | 'pollSeconds'>,
  scene: Scene,
  onLook: (look: Look) => void,
): Control {
  switch (policy) {
    case 'muster':
      return new Scaler({ settings, pollSeconds, scene, onLook });
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
