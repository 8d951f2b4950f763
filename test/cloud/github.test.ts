/**
 * Workflows of GitHub that start their own runners: the deployed stack, the pushed image, the action's own bundle, tasks that
 * run the image's entry point, on Fargate and on hosts.
 */
import { CONTAINER_HOSTS, runnerLogGroup } from '../../config/names';
import { describeAsRoot } from '../as-root';
import { findInFiles, readProcesses } from './canary';
import { readRoleUse, toUnused } from './permissions';
import { INFRA, makeRunners, type Runners, SHOP } from './runners';
import { SECONDS, until, untilEmpty } from './waits';
import { makeWorld, type World } from './world';

/** A first job on a host waits for the host. */
const WORK_SECONDS = 600;

describeAsRoot("GitHub's runners on the local cloud", () => {
  let world: World;
  let runners: Runners;

  beforeAll(async () => {
    world = await makeWorld('github', { machines: 'few' });
    runners = await makeRunners(world);
  }, 1_200_000);
  afterAll(async () => {
    await world?.stop();
  }, 600_000);

  const untilNothingLeft = () =>
    until(
      'no runner, task or configuration is left',
      () => runners.readLeft(),
      (left) => left.length === 0,
      SECONDS.leave,
    );

  it.each([
    { origin: SHOP, mode: 'fargate-spot' },
    { origin: INFRA, mode: 'ec2' },
  ])(
    'a job of $origin.repository runs on its own runner ($mode), of which nothing is left',
    async ({ origin, mode }) => {
      const { start, work, conclusion } = await runners.play(origin, {
        workLimitSeconds: WORK_SECONDS,
        inputs: { environment: 'github', rule: origin.rule, 'timeout-minutes': '20' },
        secrets: await appOf(runners),
        work: { command: 'id --user && cat /etc/os-release && pwd' },
      });
      expect({ log: start.log, conclusion, work }).toMatchObject({
        conclusion: 'success',
        work: { state: 'succeeded', conclusion: 'success', runner: start.outputs.label },
      });
      expect(start.outputs).toMatchObject({ mode, label: expect.stringMatching(/^muster-github-/) });
      await untilNothingLeft();
    },
    900_000,
  );

  it('hosts leave when no task is left', () => untilEmpty(world, CONTAINER_HOSTS, 2 * SECONDS.leave), 900_000);
});

const appOf = async ({ github }: Runners) => {
  const { appId, privateKey } = await github.readApp();
  return { 'app-id': appId, 'private-key': privateKey };
};
void [runnerLogGroup, findInFiles, readProcesses, readRoleUse, toUnused];
