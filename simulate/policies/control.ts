/** Who says how many instances a fleet should have. */
import type { Agenda } from '../agenda';
import type { Aws } from '../aws';
import type { Ci } from '../ci';
import type { Group } from '../group';
import type { Lives } from '../lives';
import type { Random } from '../random';
import type { World } from '../world';

export interface Control {
  start(): void;
  /** Something changed: a job, an instance, a size. */
  touch(): void;
}

export interface Scene {
  group: Group;
  ci: Ci;
  lives: Lives;
  aws: Aws;
  agenda: Agenda;
  world: World;
  random: Random;
}
