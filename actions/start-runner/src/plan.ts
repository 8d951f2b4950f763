import type { StartRunnerSettings } from '../settings';
import { Failure } from './failure';
import type { Inputs } from './inputs';

export type Mode = StartRunnerSettings['modes'][number];

/** One way to start the task. */
export interface Launch {
  mode: Mode;
  /** Of task definitions. */
  family: string;
  capacityProvider: string;
  /** Fargate's alone: tasks on hosts share their network. */
  network?: StartRunnerSettings['network'];
}

/** The ways to start the task in the order in which they are tried, at least one. */
export function planLaunches(
  settings: StartRunnerSettings,
  { size: wantedSize, modes: wantedModes }: Pick<Inputs, 'size' | 'modes'>,
): Launch[] {
  const { rule, sizes, modes } = settings;
  const size = wantedSize === '' ? sizes[0] : sizes.find(({ name }) => name === wantedSize);
  if (!size)
    throw new Failure(
      `The input size is ${JSON.stringify(wantedSize)}; rule ${rule} has ${sizes.map(({ name }) => name).join(', ') || 'none'}. Use one of them, or add it to the rule in the config and run make deploy.`,
    );
  const unknown = wantedModes.filter((wanted) => !modes.some((mode) => mode === wanted));
  if (unknown.length > 0)
    throw new Failure(
      `The input modes has ${unknown.join(', ')}; rule ${rule} has ${modes.join(', ')}. Use one of them, or add it to the rule in the config and run make deploy.`,
    );
  const chosen = wantedModes.length > 0 ? modesOf(wantedModes, modes) : modes;
  return chosen.map((mode) => toLaunch(mode, size, settings));
}

const modesOf = (wanted: readonly string[], modes: readonly Mode[]): Mode[] =>
  wanted.flatMap((name) => modes.find((mode) => mode === name) ?? []);

function toLaunch(
  mode: Mode,
  size: StartRunnerSettings['sizes'][number],
  { rule, hosts, network }: StartRunnerSettings,
): Launch {
  const family = mode === 'ec2' ? size.ec2 : size.fargate;
  const capacityProvider = { ec2: hosts, fargate: 'FARGATE', 'fargate-spot': 'FARGATE_SPOT' }[mode];
  if (!family || !capacityProvider)
    throw new Failure(
      `Rule ${rule} has no ${family ? 'hosts' : `task definition of size ${size.name}`} for mode ${mode}. Run make deploy.`,
    );
  return { mode, family, capacityProvider, ...(mode === 'ec2' ? {} : { network }) };
}
