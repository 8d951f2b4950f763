/** make pipeline-policy ENV=stg ROLE=diff|deploy|nightly: prints what that role of a pipeline may do, for IAM. Asks AWS nothing. */
import { ExpectedError } from './expected-error';
import { ROLES, type Role, toPipelinePolicy } from './pipeline-policy/to-pipeline-policy';
import { readChosenConfig } from './read-environment';
import { runScript } from './run-script';

const isRole = (text: string | undefined): text is Role => ROLES.some((role) => role === text);

runScript(async (variables) => {
  const { ROLE } = variables;
  if (!isRole(ROLE))
    throw new ExpectedError(
      `Whose policy? Say ${ROLES.map((role) => `ROLE=${role}`).join(' or ')}. Seen: ${ROLE || 'none'}.`,
    );
  console.log(JSON.stringify(toPipelinePolicy(readChosenConfig(variables), ROLE), null, 2));
});
