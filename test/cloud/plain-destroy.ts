/** What `cdktf destroy` does, for who does not use `make destroy`: nothing is drained before. */
import { readChosenConfig } from '../../scripts/read-environment';
import { runCdktf } from '../../scripts/run-cdktf';
import { runScript } from '../../scripts/run-script';

runScript(async (variables) => {
  const { environment } = readChosenConfig(variables);
  await runCdktf({ command: 'destroy', environment, variables, flags: ['--auto-approve'] });
});
