import { buildConfig } from './perfect-config';
import { synthesize } from './synthesize';

const BASE = { kind: 'new', cidr: '10.87.0.0/16', zones: 3 };
const EXISTING = { kind: 'existing', vpcId: 'vpc-0a1b', subnetIds: ['subnet-0a1b', 'subnet-0c2d'] };

const instanceGroup = (stack: ReturnType<typeof synthesize>) =>
  stack.resources('aws_security_group').find(({ name }) => name === 'muster-dev-instances');

describe('any network', () => {
  test.each([
    ['public', { ...BASE, subnets: 'public' }],
    ['private', { ...BASE, subnets: 'private', nat: 'one' }],
    ['existing', EXISTING],
  ])('%s: nothing comes in to an instance, everything goes out', (_, network) => {
    const group = instanceGroup(synthesize(buildConfig({ network })));
    expect(group).toMatchObject({ ingress: [] });
    expect(group?.egress).toMatchObject([
      { cidr_blocks: ['0.0.0.0/0'], ipv6_cidr_blocks: ['::/0'], protocol: '-1' },
    ]);
  });
});

describe('public subnets', () => {
  const stack = synthesize(buildConfig({ network: { ...BASE, subnets: 'public' } }));

  test('there is one in each zone', () => {
    expect(stack.resources('aws_subnet').map(({ cidr_block }) => cidr_block)).toEqual(
      [0, 1, 2].map((block) => `\${cidrsubnet("10.87.0.0/16", 4, ${block})}`),
    );
  });

  test('an instance has an address of its own', () => {
    const [card] = stack.resource('aws_launch_template').network_interfaces;
    expect(card.associate_public_ip_address).toBe('true');
  });

  test('there is no NAT, and no endpoint that costs money', () => {
    expect(stack.resources('aws_nat_gateway')).toEqual([]);
    expect(stack.resource('aws_vpc_endpoint')).toMatchObject({
      vpc_endpoint_type: 'Gateway',
      service_name: 'com.amazonaws.us-east-1.s3',
    });
  });

  test('the default security group of the VPC lets nothing through', () => {
    expect(stack.resource('aws_default_security_group')).toMatchObject({ ingress: [], egress: [] });
  });
});

describe('private subnets', () => {
  const withNat = (nat: string) => synthesize(buildConfig({ network: { ...BASE, subnets: 'private', nat } }));

  test.each([
    ['none', 0],
    ['one', 1],
    ['per-zone', 3],
  ])('nat %s: %d gateways', (nat, count) => {
    const stack = withNat(nat);
    expect(stack.resources('aws_nat_gateway')).toHaveLength(count);
    expect(stack.resources('aws_eip')).toHaveLength(count);
  });

  test('an instance has no address of its own', () => {
    const [card] = withNat('one').resource('aws_launch_template').network_interfaces;
    expect(card.associate_public_ip_address).toBe('false');
  });

  test('each zone goes out through its own NAT', () => {
    const routes = withNat('per-zone')
      .resources('aws_route')
      .map(({ nat_gateway_id }) => nat_gateway_id)
      .filter(Boolean);
    expect(new Set(routes).size).toBe(3);
  });

  test('without NAT nothing leads out, and the services that instances call have endpoints', () => {
    const stack = withNat('none');
    expect(stack.resources('aws_internet_gateway')).toEqual([]);
    expect(stack.resources('aws_route')).toEqual([]);
    expect(
      stack
        .resources('aws_vpc_endpoint')
        .filter(({ vpc_endpoint_type }) => vpc_endpoint_type === 'Interface')
        .map(({ service_name }) => service_name),
    ).toEqual([
      'com.amazonaws.us-east-1.autoscaling',
      'com.amazonaws.us-east-1.logs',
      'com.amazonaws.us-east-1.secretsmanager',
      'com.amazonaws.us-east-1.ssm',
      'com.amazonaws.us-east-1.ssmmessages',
    ]);
  });

  test('without NAT the Lambdas inside find EC2 and SNS too', () => {
    const stack = synthesize(
      buildConfig({
        network: { kind: 'new', subnets: 'private', nat: 'none' },
        scaler: { inVpc: true },
      }),
    );
    expect(stack.resources('aws_vpc_endpoint').map(({ service_name }) => service_name)).toEqual(
      expect.arrayContaining(['com.amazonaws.us-east-1.ec2', 'com.amazonaws.us-east-1.sns']),
    );
  });

  test('the drain of a fleet can rely on its way out until the group is gone', () => {
    const { depends_on } = withNat('none').resource('aws_autoscaling_group');
    expect(depends_on.filter((address: string) => address.startsWith('aws_vpc_endpoint.'))).toHaveLength(6);
  });
});

describe('an existing network', () => {
  const stack = synthesize(buildConfig({ network: EXISTING }));

  test('gets nothing but a security group', () => {
    const types = Object.keys(stack.stack.resource).filter((type) =>
      /vpc|subnet|route|gateway|eip/.test(type),
    );
    expect(types).toEqual([]);
    expect(instanceGroup(stack)?.vpc_id).toBe('vpc-0a1b');
  });

  test('holds the instances in the subnets that the config names', () => {
    expect(stack.resource('aws_autoscaling_group').vpc_zone_identifier).toEqual(EXISTING.subnetIds);
  });

  test('gives an address when the config says so', () => {
    const open = synthesize(buildConfig({ network: { ...EXISTING, publicIp: true } }));
    const [card] = open.resource('aws_launch_template').network_interfaces;
    expect(card.associate_public_ip_address).toBe('true');
  });
});
