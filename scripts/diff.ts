/** make diff ENV=dev: what a deploy would change. Changes nothing. */
import { listDeployChecks } from './checks/list-deploy-checks';
import { runChecks } from './checks/run-checks';
import { readChosenConfig } from './read-environment';
import { runCdktf } from './run-cdktf';
import { runScript } from './run-script';

runScript(async (variables) => {
  const config = readChosenConfig(variables);
  await runChecks(listDeployChecks(config), console.log);
  await runCdktf({ command: 'diff', environment: config.environment, variables });
});
