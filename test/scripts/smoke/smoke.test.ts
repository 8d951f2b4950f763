import { parseVerdict } from '../../../scripts/smoke/read-verdict';
import { toSmokeEnvironment, toSmokeInstance } from '../../../scripts/smoke/to-smoke-instance';
import { makeConfig } from '../config';

describe('the verdict', () => {
  test.each([
    [['booting', 'muster-smoke: passed'], { kind: 'passed' }],
    [['{"message":"muster-smoke: passed"}'], { kind: 'passed' }],
    [['muster-smoke: failed: no docker'], { kind: 'failed', why: 'no docker' }],
    [['muster-smoke: failed'], { kind: 'failed', why: 'no reason given' }],
    [['muster-smoke: failed: first', 'muster-smoke: passed'], { kind: 'failed', why: 'first' }],
    [['muster-smoke: starting', 'passed'], undefined],
    [[], undefined],
  ])('of %j is %j', (lines, verdict) => {
    expect(parseVerdict(lines)).toEqual(verdict);
  });
});

describe('the machine that proves an image', () => {
  const place = { kind: 'ready' as const, securityGroupId: 'sg-1', subnetIds: ['subnet-1'], publicIp: false };
  const machineOf = (config = makeConfig()) =>
    toSmokeInstance({
      config,
      image: 'runner',
      amiId: 'ami-1',
      place,
      subnetId: 'subnet-1',
      clientToken: 't',
    });

  test('has the role of smoke tests, ends when it powers off, and nothing comes in', () => {
    expect(machineOf()).toMatchObject({
      ImageId: 'ami-1',
      MinCount: 1,
      MaxCount: 1,
      IamInstanceProfile: { Name: 'muster-dev-smoke' },
      InstanceInitiatedShutdownBehavior: 'terminate',
      MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
      NetworkInterfaces: [{ Groups: ['sg-1'], AssociatePublicIpAddress: false, SubnetId: 'subnet-1' }],
    });
  });

  test('is on-demand: a reclaimed one would say nothing of the image', () => {
    expect(machineOf().InstanceMarketOptions).toBeUndefined();
  });

  test.each([
    ['x86_64', 'm7i.large'],
    ['arm64', 'm7g.large'],
  ])('of %s is of a type that can run it', (architecture, type) => {
    const config = makeConfig((raw) => {
      raw.images.runner.architecture = architecture;
      raw.fleets[0].instanceTypes = [type];
    });
    expect(machineOf(config).InstanceType).toBe(type);
  });

  test('goes the ways of a fleet: by the proxy, and beside it where endpoints answer for AWS', () => {
    const config = makeConfig((raw) => {
      raw.network = { kind: 'new', zones: 1, subnets: 'private', nat: 'none' };
      raw.organization = { ...raw.organization, proxy: 'http://proxy:3128', noProxy: ['.example.com'] };
    });
    expect(toSmokeEnvironment(config, 'runner')).toMatchObject({
      MUSTER_PROXY: 'http://proxy:3128',
      MUSTER_NO_PROXY: `.${config.aws.region}.amazonaws.com,.example.com`,
    });
  });

  test('is told that it proves the image, and has docker only when the image has', () => {
    expect(toSmokeEnvironment(makeConfig(), 'runner')).toMatchObject({
      MUSTER_CI: 'smoke',
      MUSTER_GROUP: '',
      MUSTER_LOG_GROUP: '/muster/dev/smoke',
      MUSTER_DOCKER: 'none',
    });
    const config = makeConfig((raw) => {
      raw.images.runner.toolchains = ['git', 'docker'];
    });
    expect(toSmokeEnvironment(config, 'runner').MUSTER_DOCKER).toBe('rootless');
  });
});
