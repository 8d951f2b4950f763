/**
 * make promote ENV=dev IMAGE=runner VERSION=20261121-031502 (or AMI=ami-…): makes an image that exists the current one.
 * PROOF=none accepts one that never passed a smoke test.
 */
import { verifyProof } from './checks/verify-proof';
import { promoteChosen } from './image/promote-chosen';
import { chooseVersion } from './image/version';
import { runScript } from './run-script';

runScript((variables) =>
  promoteChosen(variables, async (versions, { ec2, logs }, config) => {
    const amiId = chooseVersion(versions, variables.VERSION || variables.AMI || '');
    const ami = versions.amis.find(({ id }) => id === amiId);
    const clients = { ec2: ec2(config.aws.region), logs };
    const proof = await verifyProof(clients, config, { ami, proof: variables.PROOF });
    return { amiId, found: `${amiId}, ${proof}` };
  }),
);
