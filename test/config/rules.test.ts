import type { Subject } from '../../config/rules/rule';
import { rules } from '../../config/rules/rules';
import { salvage } from '../../config/salvage';
import { configSchema } from '../../config/schema';
import { parseYaml } from '../../config/yaml';
import { ciCases } from './ci-cases';
import { githubCases, NOTHING } from './github-cases';
import { imageCases } from './image-cases';
import { nomadCases } from './nomad-cases';
import { change, dotted, PERFECT, parse, problemsIn } from './perfect';
import { type Case, one } from './rule-case';
import { warmCases } from './warm-cases';

const hoursOf = (openings: string) =>
  change('mon: [{ open: "07:00", close: "12:00" }, { open: "13:00", close: "24:00" }]', openings);
const manyTags = Array.from({ length: 44 }, (_, index) => `    tag-${index}: x`).join('\n');

const cases: Case[] = [
  ...ciCases,
  ...githubCases,
  ...nomadCases,
  ...warmCases,
  ...imageCases,
  one('an image is defined', 'image: amd', 'image: amdd', 'fleets.0.image', 'image: amdd', 'amd'),
  one(
    'an image is not a property of every object',
    'image: amd',
    'image: constructor',
    'fleets.0.image',
    'constructor',
  ),
  one('an account is defined', 'account: acme', 'account: acne', 'fleets.0.account', 'account: acne', 'acme'),
  one(
    'an image has docker when a fleet offers it',
    '[git, docker]',
    '[git]',
    'fleets.0.docker',
    'docker: rootless',
  ),
  one('a disk holds the image', 'diskGb: 50', 'diskGb: 15', 'fleets.0.diskGb', 'diskGb: 15', '16'),
  one(
    'an arm type does not run an x86 image',
    'm6a.large',
    'm7g.large',
    'fleets.0.instanceTypes.1',
    'm7g.large',
    'arm64',
  ),
  one(
    'an x86 type does not run an arm image',
    '[m7g.large]',
    '[m7i.large]',
    'fleets.1.instanceTypes.0',
    'm7i.large',
    'arm64',
  ),
  one('a Mac runs no image', 'm6a.large', 'mac1.metal', 'fleets.0.instanceTypes.1', 'mac1.metal', 'Mac'),
  one('instance types differ', 'm6a.large', 'm7i.large', 'fleets.0.instanceTypes.1', 'm7i.large'),
  one('fleets have names of their own', 'name: arm\n', 'name: linux\n', 'fleets.1.name', 'name: linux'),
  one(
    'a fleet is not called as what Muster has',
    'name: arm\n',
    'name: smoke\n',
    'fleets.1.name',
    'name: smoke',
  ),
  {
    rule: 'two fleets do not serve one queue',
    text: change(
      'resourceClass: acme/arm',
      'resourceClass: acme/linux',
      change('account: server', 'account: acme'),
    ),
    path: 'fleets.1.resourceClass',
    line: 'resourceClass: acme/linux',
    says: 'linux',
  },
  {
    rule: 'two accounts with one address have the same queues',
    text: change(
      'resourceClass: acme/arm',
      'resourceClass: acme/linux',
      change(
        'https://circleci.acme.example',
        'https://runner.circleci.com',
        change('inVpc: true', 'inVpc: false'),
      ),
    ),
    path: 'fleets.1.resourceClass',
    line: 'resourceClass: acme/linux',
  },
  one('warm is at most max', 'warm: 2', 'warm: 6', 'fleets.0.warm', 'warm: 6', '5'),
  one(
    'warm is at most the concurrency',
    'concurrency: 10',
    'concurrency: 1',
    'accounts.acme.concurrency',
    'concurrency: 1',
    '2',
  ),
  {
    rule: 'names fit AWS',
    text: change('name: linux', `name: ${'f'.repeat(24)}`),
    environment: 'e'.repeat(24),
    path: 'fleets.0.name',
    line: 'name: fff',
    says: '65',
  },
  one(
    'a time zone exists',
    'Europe/Berlin',
    'Europe/Berlinn',
    'fleets.0.hours.timeZone',
    'timeZone:',
    'Europe/Berlin',
  ),
  one(
    'a time zone is written as in the database',
    'Europe/Berlin',
    'europe/berlin',
    'fleets.0.hours.timeZone',
    'timeZone:',
    'Europe/Berlin',
  ),
  one(
    'a city alone is no time zone',
    'Europe/Berlin',
    'Berlin',
    'fleets.0.hours.timeZone',
    'timeZone:',
    'Europe/Berlin',
  ),
  one('an offset is no time zone', 'Europe/Berlin', '"+01:00"', 'fleets.0.hours.timeZone', 'timeZone:'),
  one('an abbreviation is no time zone', 'Europe/Berlin', 'EST', 'fleets.0.hours.timeZone', 'timeZone:'),
  one(
    'a fleet opens before it closes',
    'close: "20:00"',
    'close: "00:00"',
    'fleets.0.hours.week.tue.0.close',
    'close: "00:00"',
  ),
  one(
    'opening times do not overlap',
    'open: "13:00"',
    'open: "11:59"',
    'fleets.0.hours.week.mon.1.open',
    '11:59',
  ),
  one(
    'opening times do not touch',
    'open: "13:00"',
    'open: "12:00"',
    'fleets.0.hours.week.mon.1.open',
    '12:00',
  ),
  one(
    'a break is long enough',
    'open: "13:00"',
    'open: "12:09"',
    'fleets.0.hours.week.mon.1.open',
    '12:09',
    '9',
  ),
  one(
    'a break over midnight is long enough',
    'open: "00:00"',
    'open: "00:05"',
    'fleets.0.hours.week.tue.0.open',
    '00:05',
  ),
  {
    rule: 'a break over the end of the week is long enough',
    text: hoursOf(
      'sun: [{ open: "10:00", close: "24:00" }]\n        mon: [{ open: "00:03", close: "12:00" }]',
    ),
    path: 'fleets.0.hours.week.mon.0.open',
    line: '00:03',
  },
  {
    rule: 'a fleet opens at some time',
    text: change('        tue: [{ open: "00:00", close: "20:00" }]\n', '', hoursOf('mon: []')),
    path: 'fleets.0.hours.week',
    line: 'mon: []',
  },
  one('a holiday is a day', '2026-12-25', '2026-02-30', 'fleets.0.hours.holidays.0', '2026-02-30'),
  one(
    'holidays differ',
    '["2026-12-25"]',
    '["2026-12-25", "2026-12-25"]',
    'fleets.0.hours.holidays.1',
    '2026-12-25',
  ),
  one(
    'tokens do not cross the internet unencrypted',
    'https://circleci.acme',
    'http://circleci.acme',
    'accounts.server.baseUrl',
    'baseUrl:',
    'https',
  ),
  one(
    'an address is of the web',
    'https://circleci.acme',
    'ftp://circleci.acme',
    'accounts.server.baseUrl',
    'baseUrl:',
  ),
  one(
    'an address has no slash at the end',
    'acme.example',
    'acme.example/',
    'accounts.server.baseUrl',
    'baseUrl:',
    'slash',
  ),
  one(
    'an address has no query',
    'acme.example',
    'acme.example?a=b',
    'accounts.server.baseUrl',
    'baseUrl:',
    'query',
  ),
  one(
    'an address has no credentials',
    'https://circleci',
    'https://me:pw@circleci',
    'accounts.server.baseUrl',
    'baseUrl:',
  ),
  one(
    'an address can be passed to instances',
    'acme.example',
    'acme.example/a~b',
    'accounts.server.baseUrl',
    'baseUrl:',
  ),
  one('a range has octets up to 255', '10.20.0.0/16', '10.256.0.0/16', 'network.cidr', 'cidr:'),
  one('a range is at most what a VPC can have', '10.20.0.0/16', '10.0.0.0/15', 'network.cidr', 'cidr:'),
  one('a range can be cut into subnets', '10.20.0.0/16', '10.20.0.0/25', 'network.cidr', 'cidr:'),
  one(
    'a range starts at its beginning',
    '10.20.0.0/16',
    '10.20.1.0/16',
    'network.cidr',
    'cidr:',
    '10.20.0.0/16',
  ),
  one('a range is for networks', '10.20.0.0/16', '169.254.0.0/16', 'network.cidr', 'cidr:'),
  one('a range leaves Docker its own', '10.20.0.0/16', '172.17.0.0/16', 'network.cidr', 'cidr:'),
  {
    rule: 'a range holds all instances',
    text: change('max: 5', 'max: 20', change('10.20.0.0/16', '10.20.0.0/24')),
    path: 'network.cidr',
    line: 'cidr:',
    says: '22',
  },
  {
    rule: 'endpoints take addresses too',
    text: change(
      'nat: one',
      'nat: none',
      change(
        '10.20.0.0/16',
        '10.20.0.0/24',
        change(
          'inVpc: true',
          'inVpc: false',
          change('rolePath:', 'proxy: http://proxy:3128\n  rolePath:', change('max: 5', 'max: 15')),
        ),
      ),
    ),
    path: 'network.cidr',
    line: 'cidr:',
    says: '12',
  },
  {
    rule: 'private subnets have a way out',
    text: change('nat: one', 'nat: none', change('inVpc: true', 'inVpc: false')),
    path: 'network.nat',
    line: 'nat: none',
    says: 'proxy',
  },
  {
    rule: 'public subnets have no NAT',
    text: change('subnets: private', 'subnets: public', change('inVpc: true', 'inVpc: false')),
    path: 'network.nat',
    line: 'nat: one',
  },
  {
    rule: 'a scaler in public subnets reaches nothing',
    text: change('subnets: private\n  nat: one', 'subnets: public'),
    path: 'scaler.inVpc',
    line: 'inVpc: true',
  },
  {
    rule: 'a scaler in public subnets of an existing network reaches nothing',
    text: existingNetwork('[subnet-01]\n  publicIp: true'),
    path: 'scaler.inVpc',
    line: 'inVpc: true',
  },
  {
    rule: 'a scaler without NAT does not reach circleci.com',
    text: change('nat: one', 'nat: none', change('rolePath:', 'proxy: http://proxy:3128\n  rolePath:')),
    path: 'scaler.inVpc',
    line: 'inVpc: true',
    says: 'acme',
  },
  {
    rule: 'subnets differ',
    text: existingNetwork('[subnet-01, subnet-02, subnet-01]'),
    path: 'network.subnetIds.2',
    line: 'subnetIds',
  },
  one(
    'a key is in the region of what it encrypts',
    'kms:eu-central-1:1111',
    'kms:eu-west-1:1111',
    'organization.kmsKeyArn',
    'kmsKeyArn',
    'eu-west-1',
  ),
  one(
    'the key of the state is in the region of the bucket',
    '  bucket:',
    '  region: us-east-1\n  bucket:',
    'state.kmsKeyArn',
    'kmsKeyArn',
    'us-east-1',
  ),
  one(
    'a boundary is in the account',
    'iam::111122223333',
    'iam::999999999999',
    'organization.permissionsBoundaryArn',
    'boundary',
    '999999999999',
  ),
  one(
    'an ARN is of the partition',
    'arn:aws:iam::4444',
    'arn:aws-cn:iam::4444',
    'state.roleArn',
    'roleArn',
    'arn:aws:',
  ),
  one(
    'a tag key has no slash',
    'owner:',
    'acme/owner:',
    'fleets.0.tags.acme/owner',
    'acme/owner',
    'acme:owner',
  ),
  one(
    'a tag key has no space',
    'cost-center:',
    'cost center:',
    'organization.tags.cost center',
    'cost center',
    'cost-center',
  ),
  one('a tag key is no word of the metadata service', 'owner:', '_index:', 'fleets.0.tags._index', '_index'),
  one('the Name of instances is Muster’s', 'owner:', 'Name:', 'fleets.0.tags.Name', 'Name:'),
  one(
    'a base image is one of its owner',
    'diskGb: 16',
    'diskGb: 16\n    base: { name: "ubuntu-*" }',
    'images.amd.base.name',
    'ubuntu',
    'owner',
  ),
  one('a tag key is not empty', 'owner:', '"":', 'fleets.0.tags.', '""'),
  one(
    'a tag key has at most 128 characters',
    'owner:',
    `${'k'.repeat(129)}:`,
    `fleets.0.tags.${'k'.repeat(129)}`,
    'kkk',
  ),
  one('the tags of AWS are not for others', 'owner:', '"AWS:owner":', 'fleets.0.tags.AWS:owner', 'AWS:owner'),
  one(
    'the tags of Muster are not for others',
    'owner:',
    '"muster:fleet":',
    'fleets.0.tags.muster:fleet',
    'muster:fleet',
  ),
  one('a tag value has at most 256 characters', 'team-a', 'v'.repeat(257), 'fleets.0.tags.owner', 'vvv'),
  one('a tag value has no special characters', 'team-a', 'a;b', 'fleets.0.tags.owner', 'a;b'),
  one(
    'tags differ in more than case',
    'owner:',
    'Cost-Center:',
    'fleets.0.tags.Cost-Center',
    'Cost-Center',
    'cost-center',
  ),
  one(
    'the organization has few enough tags',
    '    cost-center: "4711"',
    manyTags,
    'organization.tags',
    'tag-0',
  ),
  one(
    'a fleet has few enough tags',
    '      owner: team-a',
    manyTags.replaceAll('    tag', '      tag'),
    'fleets.0.tags',
    'tag-0',
  ),
];

function existingNetwork(subnets: string): string {
  const from = PERFECT.indexOf('  kind: new');
  const to = PERFECT.indexOf('organization:');
  return change(PERFECT.slice(from, to), `  kind: existing\n  vpcId: vpc-01\n  subnetIds: ${subnets}\n`);
}

test('the perfect config has no problem', () => {
  expect(problemsIn(PERFECT)).toEqual([]);
  expect(parse(PERFECT).fleets.map(({ name }) => name)).toEqual(['linux', 'arm', 'pipelines']);
});

describe.each(cases)('$rule', ({ text, path, line, says = '', environment }) => {
  test('else one problem is reported, on its line', () => {
    const problems = problemsIn(text, environment);
    expect(problems.map(dotted)).toEqual([path]);
    expect(problems[0]?.source).toContain(line);
    expect(text.split('\n')[(problems[0]?.line ?? 0) - 1]).toContain(line);
    expect(`${problems[0]?.wrong} ${problems[0]?.remedy}`).toContain(says);
  });

  test('and broken fields elsewhere do not hide it', () => {
    const inOthers = change('state:', 'state:\n  typo: 1', change('[platform@example.com]', '7', text));
    const inItsFleet = change('spotPercent: 10', 'spotPercent: 101', inOthers);
    expect(problemsIn(inItsFleet, environment).map(dotted)).toEqual(
      expect.arrayContaining([path, 'state.typo', 'alarms.emails', 'fleets.0.spotPercent']),
    );
  });
});

test('every rule has a case', () => {
  const drafts = [draft(NOTHING), ...cases.map(({ text, environment }) => draft(text, environment))];
  const silent = rules.filter((rule) => drafts.every((config) => rule(config).length === 0));
  expect(silent.map((rule) => rule.name || rule.toString())).toEqual([]);
});

const draft = (text: string, environment = 'test') =>
  ({ ...(salvage(configSchema, parseYaml(text, 'x').raw) as object), environment }) as Subject;

test.each([
  ['a private address may be spoken to without TLS', 'https://circleci.acme.example', 'http://10.1.2.3:8080'],
  [
    'a private name may be spoken to without TLS',
    'https://circleci.acme.example',
    'http://circleci.internal',
  ],
  ['an address may have a path', 'https://circleci.acme.example', 'https://acme.example/circleci'],
  ['the database has older names', 'Europe/Berlin', 'Asia/Kolkata'],
  ['UTC is a time zone', 'Europe/Berlin', 'UTC'],
  ['Etc/UTC is a time zone', 'Europe/Berlin', 'Etc/UTC'],
  ['a GPU type is of x86', 'm6a.large', 'g4dn.xlarge'],
  ['a boundary may be of AWS', 'iam::111122223333:policy', 'iam::aws:policy'],
  [
    'one class may be served for two accounts with different addresses',
    'resourceClass: acme/arm',
    'resourceClass: acme/linux',
  ],
  ['a tag of a fleet may override one of the organization', 'owner: team-a', 'cost-center: "1"'],
  ['tag values may have spaces, slashes and letters of any language', 'team-a', 'Größe / 大きい'],
  ['a group may start like another', 'groups: [tools/ci]', 'groups: [tools, tools-ci]'],
  ['none may wait at an hour', 'to: "12:00"', 'to: "09:00"'],
  ['the nightly may run when the missing hour is over', '"01:30"', '"03:00"'],
  ['a break of ten minutes is enough', 'open: "13:00"', 'open: "12:10"'],
])('%s', (_name, from, to) => {
  expect(problemsIn(change(from, to))).toEqual([]);
});
