import { ExpectedError } from '../expected-error';
import { publishComment } from './publish-comment';
import { toComment, toMarker, toSecrets } from './to-comment';
import { toPlace } from './to-place';

interface Ports {
  /** Makes the diff. */
  runDiff: (variables: NodeJS.ProcessEnv) => Promise<{ output: string; passed: boolean }>;
  readCommit: () => Promise<string>;
  wait: (milliseconds: number) => Promise<unknown>;
  print: (line: string) => void;
}

/** Shows the diff of ENV in one comment on the request. @throws ExpectedError also when the diff failed, after saying so there */
export async function postDiff(variables: NodeJS.ProcessEnv, ports: Ports): Promise<void> {
  const environment = variables.ENV;
  if (!environment) throw new ExpectedError('Which environment? Say ENV=stg.');
  const { forge, branch, ...place } = toPlace(variables, ports.wait);
  const request = place.request ?? (branch ? (await forge.findRequest(branch))?.number : undefined);
  if (request === undefined) {
    ports.print('No pull or merge request is open for this branch: nothing to comment on.');
    return;
  }
  if (variables.TARGET) {
    const target = await forge.readTargetBranch(request);
    if (target !== variables.TARGET) {
      ports.print(
        `Request ${request} goes to ${target}, not to ${variables.TARGET}: no diff of ${environment}.`,
      );
      return;
    }
  }
  const { output, passed } = await ports.runDiff(variables);
  const body = toComment({
    environment,
    output,
    passed,
    commit: await ports.readCommit(),
    secrets: toSecrets(variables),
    limit: forge.limit,
  });
  const done = await publishComment(forge, request, toMarker(environment), body);
  ports.print(`The comment on request ${request} was ${done}.`);
  if (!passed) throw new ExpectedError(`The diff of ${environment} failed; what it said is above.`);
}
