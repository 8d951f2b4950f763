/** make propose-bump TARGET=develop: in a pipeline, proposes what make bump has changed as one pull or merge request. */
import { setTimeout } from 'node:timers/promises';
import { $ } from 'zx';
import { proposeChanges, toTarget } from './request/propose-changes';
import { toPlace } from './request/to-place';
import { runScript } from './run-script';

const BODY =
  'The pinned versions and checksums, raised by `make bump` from the feeds of their vendors. Merge it when its pipeline passes; the next nightly build bakes with them.';

runScript(async (variables) => {
  const git = async (...args: string[]) => (await $({ quiet: true })`git ${args}`).stdout;
  const proposal = {
    branch: 'muster/bump',
    target: toTarget(variables),
    title: 'Raise the pinned versions',
    body: BODY,
  };
  console.log(await proposeChanges(toPlace(variables, setTimeout), proposal, git));
});
