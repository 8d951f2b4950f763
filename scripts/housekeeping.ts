/** make housekeeping ENV=dev [IMAGE=runner]: says which images nothing needs; APPROVE=dev removes them with their snapshots. */
import { STSClient } from '@aws-sdk/client-sts';
import { tidyImage } from '../lambda/housekeeper/images/tidy-image';
import { toHousekeeperSettings } from '../stacks/control/to-housekeeper-settings';
import { verifyApproval } from './approval';
import { runChecks } from './checks/run-checks';
import { verifyAccount } from './checks/verify-account';
import { ExpectedError } from './expected-error';
import { createImageClients } from './image/clients';
import { toVersion } from './image/version';
import { chooseImage, readChosenConfig } from './read-environment';
import { runScript } from './run-script';

runScript(async (variables) => {
  const config = readChosenConfig(variables);
  const { environment, aws } = config;
  const only = variables.IMAGE ? chooseImage(config, variables.IMAGE) : undefined;
  const clients = createImageClients(aws.region);
  await runChecks(
    [{ title: 'AWS account', verify: () => verifyAccount(new STSClient({ region: aws.region }), config) }],
    console.log,
  );
  const given = variables.APPROVE;
  if (given) await verifyApproval({ what: 'Images will be removed.', environment, given });
  const mode = given ? 'delete' : 'dry-run';
  const problems: string[] = [];
  for (const image of toHousekeeperSettings(config).images.filter(({ name }) => !only || name === only)) {
    const tidied = await tidyImage(clients, { environment, region: aws.region }, image, {
      now: Date.now(),
      mode,
    });
    for (const { ami, snapshots } of tidied.remove) {
      const what = `${ami.id} in ${ami.region} (${toVersion({ environment, image: image.name }, ami.name)}) and ${snapshots.join(', ') || 'no snapshot'}`;
      console.log(`${image.name}: ${mode === 'delete' ? 'removed' : 'would remove'} ${what}`);
    }
    for (const { id } of tidied.orphans)
      console.log(
        `${image.name}: ${mode === 'delete' ? 'removed' : 'would remove'} ${id}, left by an earlier run`,
      );
    console.log(
      `${image.name}: ${tidied.remove.length} go, ${tidied.keep.length} stay (make images says why)`,
    );
    problems.push(...[...tidied.unread, ...tidied.failures].map((problem) => `${image.name}: ${problem}`));
  }
  if (problems.length > 0) {
    throw new ExpectedError(
      `Not all of it could be read or removed; what could not be read keeps everything:\n${problems.map((problem) => `- ${problem}`).join('\n')}\nRemedy that and run again.`,
    );
  }
  if (mode === 'dry-run') console.log(`Nothing was changed. APPROVE=${environment} removes it.`);
});
