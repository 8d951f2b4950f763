/** Days and nights of fleets at GitLab: hours, promotions, fresh images. The clock of AWS is moved, jobs take real seconds. */
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeImagesCommand, DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { imageParameter, nightlyName } from '../../config/names';
import { registerImage, toImageTags } from '../../local/run/image';
import { makeClients } from '../../local/run/operator';
import { BOOT_CONTRACT } from '../../stacks/boot-environment';
import { describeAsRoot } from '../as-root';
import { advanceTo, findNext } from './clock';
import { jobOf, one, SECONDS, until, untilEmpty, untilEnded, untilReason, untilRunning } from './waits';
import { makeWorld, type World } from './world';

const untilInService = (world: World, fleet: string, count: number) =>
  until(
    `${fleet} has ${count} in service`,
    () => world.group(fleet),
    ({ Instances = [] }) =>
      Instances.filter(({ LifecycleState }) => LifecycleState === 'InService').length === count,
    SECONDS.boot,
  );

function clientsOf({ cloud, config }: World) {
  const { settings, ec2 } = makeClients(cloud.awsEndpointUrl, config.aws.region);
  return { ec2, ssm: new SSMClient(settings), alarms: new CloudWatchClient(settings) };
}

/** Another AMI of the image that was baked first. */
const register = (world: World, stamp: string): Promise<string> =>
  registerImage(clientsOf(world).ec2, {
    name: `muster-nights-runner-${stamp}`,
    architecture: 'x86_64',
    rootfs: world.rootfs[0] ?? '',
    tags: toImageTags({
      ...{ environment: 'nights', image: 'runner', contract: BOOT_CONTRACT },
      ...{ agents: ['circleci', 'gitlab'], commit: 'another' },
    }),
  });

async function readPromoted(world: World): Promise<string | undefined> {
  const command = new GetParameterCommand({ Name: imageParameter('nights', 'runner') });
  return (await clientsOf(world).ssm.send(command)).Parameter?.Value;
}

async function readImages(world: World): Promise<string[]> {
  const { Images = [] } = await clientsOf(world).ec2.send(new DescribeImagesCommand({ Owners: ['self'] }));
  return Images.map(({ ImageId = '' }) => ImageId);
}

/** What became of the last nightly build. */
async function readAlarm(world: World): Promise<string | undefined> {
  const command = new DescribeAlarmsCommand({ AlarmNames: [`${nightlyName('nights')}-failed`] });
  return (await clientsOf(world).alarms.send(command)).MetricAlarms?.[0]?.StateValue;
}

describeAsRoot('days and nights on the local cloud', () => {
  let world: World;
  let first: string | undefined;

  beforeAll(async () => {
    world = await makeWorld('nights', {
      machines: 'few',
      // Before anything is deployed, so that nothing falls due on the way.
      prepare: async (clock) => {
        const now = await clock.advance(0);
        await clock.advance((findNext('mon', '05:00', now) - now) / 1000);
      },
    });
    first = await readPromoted(world);
  }, 1_500_000);

  afterAll(async () => world?.stop(), 600_000);

  test('before hours nothing is launched, and the queue is shown', async () => {
    await Promise.all(
      ['office', 'shared'].map(async (fleet) => {
        await world.enqueue(fleet, one(2));
        await untilReason(world, fleet, 'closed');
        // A closed fleet's queue is read once a minute, and said once a minute.
        await until(
          `the scaler shows the queue of ${fleet}`,
          () => world.scalerLog(),
          (log) =>
            log
              .split('\n')
              .some((line) => line.includes(`"fleet":"${fleet}"`) && line.includes('"queued":1')),
          180,
        );
        expect((await world.group(fleet)).DesiredCapacity).toBe(0);
      }),
    );
  }, 1_200_000);

  test('the warm capacity is there before opening, and opening serves the queue', async () => {
    await advanceTo(world, 'mon', '06:25', 30);
    await world.advance(60);
    await untilEnded(world, 'office', 'succeeded');
    expect(await jobOf(world, 'shared')).toMatchObject({ state: 'queued' });
    await advanceTo(world, 'mon', '06:31');
    await untilEnded(world, 'shared', 'succeeded');
    await untilEmpty(world, 'shared');
    await untilInService(world, 'office', 1);
  }, 1_200_000);

  test('at closing running jobs finish, then nothing is left: no instance, no runner manager', async () => {
    await advanceTo(world, 'mon', '19:29');
    await world.enqueue('office', [{ name: 'late', seconds: 40 }]);
    await world.enqueue('shared', [
      { name: 'late-1', seconds: 40 },
      { name: 'late-2', seconds: 40 },
    ]);
    const running = (fleet: string) =>
      until(
        `the late jobs of ${fleet} run`,
        () => world.jobs(fleet),
        (jobs) => jobs.every(({ state }) => state !== 'queued'),
        SECONDS.boot,
      );
    await Promise.all([running('office'), running('shared')]);
    await world.advance(90);
    await until(
      'the schedule has closed both fleets',
      () => Promise.all(['office', 'shared'].map((fleet) => world.group(fleet))),
      (groups) => groups.every(({ DesiredCapacity }) => DesiredCapacity === 0),
      30,
    );
    for (const fleet of ['office', 'shared']) {
      await untilEnded(world, fleet, 'succeeded', SECONDS.job);
      for (const { name, runs } of await world.jobs(fleet)) expect({ name, runs }).toEqual({ name, runs: 1 });
      await untilEmpty(world, fleet);
    }
    expect(await world.leftovers()).toEqual([]);
  }, 1_200_000);

  test('a promoted image reaches new instances without a deploy, old ones finish their jobs, a deploy changes nothing', async () => {
    const { ec2 } = clientsOf(world);
    const imageOf = async (id: string | null) => {
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id ?? ''] }));
      return Reservations[0]?.Instances?.[0]?.ImageId;
    };
    await world.enqueue('rollout', [{ name: 'old', seconds: 60 }]);
    await untilRunning(world, 'rollout');
    const amiId = await register(world, '20990101-000000');
    await world.operate('scripts/promote.ts', { IMAGE: 'runner', AMI: amiId, PROOF: 'none' });
    await world.enqueue('rollout', [{ name: 'new', seconds: 1 }]);
    await untilEnded(world, 'rollout', 'succeeded');
    const [before, after] = await Promise.all(
      ['old', 'new'].map(async (name) => (await world.jobs('rollout')).find((job) => job.name === name)),
    );
    expect([before?.runs, after?.runs]).toEqual([1, 1]);
    expect(await imageOf(after?.runner ?? null)).toBe(amiId);
    expect(await imageOf(before?.runner ?? null)).not.toBe(amiId);
    await untilEmpty(world, 'rollout');
    expect(await world.operate('scripts/diff.ts')).toMatch(/No changes/);
    await world.operate('scripts/rollback.ts', { IMAGE: 'runner' });
    expect(await world.operate('scripts/diff.ts')).toMatch(/No changes/);
  }, 1_200_000);

  test('a night bakes an image, proves it and promotes it', async () => {
    const before = await readPromoted(world);
    await advanceTo(world, 'tue', '03:00', -20);
    await until(
      'another image is promoted',
      () => readPromoted(world),
      (promoted) => promoted !== before,
      SECONDS.night,
    );
    expect(await readAlarm(world)).not.toBe('ALARM');
    await advanceTo(world, 'tue', '12:00');
  }, 1_200_000);

  test('a night whose image fails its proof promotes nothing and raises the alarm', async () => {
    const before = await readPromoted(world);
    const known = await readImages(world);
    await world.setOptions({ buildEnvironment: { MUSTER_LOCAL_BREAK: 'smoke' } });
    await advanceTo(world, 'wed', '03:00', -20);
    await until(
      'the alarm is raised',
      () => readAlarm(world),
      (state) => state === 'ALARM',
      SECONDS.night,
    );
    await world.setOptions({ buildEnvironment: {} });
    // It was baked, and that is all.
    expect((await readImages(world)).filter((id) => !known.includes(id))).toHaveLength(1);
    expect(await readPromoted(world)).toBe(before);
  }, 1_200_000);

  test('the housekeeping of the third night removes exactly what nothing needs', async () => {
    const yesterday = await readPromoted(world);
    await advanceTo(world, 'wed', '12:00');
    const older = await register(world, '20990101-000001');
    // EC2 tells the second.
    await world.advance(60);
    const stray = await register(world, '20990101-000002');
    await advanceTo(world, 'thu', '03:00', -20);
    await until(
      'another image is promoted',
      () => readPromoted(world),
      (promoted) => promoted !== yesterday,
      SECONDS.night,
    );
    const today = await readPromoted(world);
    await advanceTo(world, 'thu', '07:00', -20);
    // The first one is still the default of the launch templates; one stray is among the two newest.
    const expected = [first, yesterday, stray, today].sort();
    expect(expected).not.toContain(older);
    await until(
      'only the expected images are left',
      async () => (await readImages(world)).sort(),
      (images) => JSON.stringify(images) === JSON.stringify(expected),
      60,
    );
  }, 1_200_000);
});
