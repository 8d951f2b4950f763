/** make hours ENV=dev: when each fleet opens and closes next, and what that saves. Asks AWS nothing. FLEET=… for one fleet. */
import { offer } from '../config/closest';
import { toSettings } from '../stacks/control/to-settings';
import { ExpectedError } from './expected-error';
import { planHours } from './hours/plan-hours';
import { showHours } from './hours/show-hours';
import { readChosenConfig } from './read-environment';
import { runScript } from './run-script';

/** Five openings and their closings. */
const CHANGES = 10;

runScript(async (variables) => {
  const config = readChosenConfig(variables);
  const { fleets } = toSettings(config);
  if (fleets.length === 0) {
    throw new ExpectedError(`config/${config.environment}.yaml has no fleets, so nothing opens or closes.`);
  }
  const chosen = fleets.filter(({ name }) => !variables.FLEET || name === variables.FLEET);
  if (chosen.length === 0) {
    const names = fleets.map(({ name }) => name);
    throw new ExpectedError(
      `There is no fleet ${variables.FLEET}: ${offer(variables.FLEET, names)} (FLEET=…).`,
    );
  }
  const now = Date.now();
  const texts = chosen.map(({ name, warm, hours }) =>
    hours
      ? showHours({ name, warm, hours }, planHours({ warm, hours }, now, CHANGES))
      : `${name}: always open`,
  );
  console.log(texts.join('\n\n'));
});
