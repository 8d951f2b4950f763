/** make rollback ENV=dev IMAGE=runner: makes the image current that was promoted before; twice is back again. */
import { imageParameter } from '../config/names';
import { readPromotedAmis } from '../lambda/housekeeper/images/read-promotions';
import { chooseRollback } from './image/choose-rollback';
import { promoteChosen } from './image/promote-chosen';
import { runScript } from './run-script';

runScript((variables) =>
  promoteChosen(variables, async (versions, { ssm }) => {
    const parameter = imageParameter(versions.environment, versions.image);
    const { from, to } = chooseRollback(versions, await readPromotedAmis(ssm, parameter));
    return { amiId: to, found: `from ${from} back to ${to}` };
  }),
);
