/** make promote ENV=dev IMAGE=runner VERSION=20261121-031502 (or AMI=ami-…): makes an image that exists the current one. */
import { promoteChosen } from './image/promote-chosen';
import { chooseVersion } from './image/version';
import { runScript } from './run-script';

runScript((variables) =>
  promoteChosen(variables, async (versions) => {
    const amiId = chooseVersion(versions, variables.VERSION || variables.AMI || '');
    return { amiId, found: amiId };
  }),
);
