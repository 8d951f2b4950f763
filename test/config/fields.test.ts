import { change, dotted, PERFECT, problemsIn } from './perfect';

interface Case {
  rule: string;
  text: string;
  path: string;
  line: string;
  /** What the remedy must name. */
  remedy: string;
}

const one = (rule: string, from: string, to: string, path: string, line: string, remedy: string): Case => ({
  rule,
  text: change(from, to),
  path,
  line,
  remedy,
});

const cases: Case[] = [
  one('a misspelt field gets the right one', 'warm: 2', 'wram: 2', 'fleets.0.wram', 'wram: 2', 'warm'),
  one(
    'an unknown field gets those that are known',
    'warm: 2',
    'colour: 2',
    'fleets.0.colour',
    'colour',
    'spotPercent',
  ),
  one('a misspelt section gets the right one', 'scaler:', 'scalar:', 'scalar', 'scalar:', 'scaler'),
  one(
    'fields of the other kind of network are unknown',
    'zones: 2',
    'vpcId: vpc-1',
    'network.vpcId',
    'vpcId',
    'zones',
  ),
  one(
    'an account id is in quotes',
    '"111122223333"',
    '111122223333',
    'aws.accountId',
    'accountId',
    '"111122223333"',
  ),
  one('an account id has 12 digits', '"111122223333"', '"1111"', 'aws.accountId', 'accountId', '12 digits'),
  one('a tag value is in quotes', '"4711"', '4711', 'organization.tags.cost-center', 'cost-center', '"4711"'),
  one(
    'a region is one',
    'region: eu-central-1',
    'region: Frankfurt',
    'aws.region',
    'Frankfurt',
    'eu-central-1',
  ),
  one(
    'a missing field is shown at its parent',
    '  region: eu-central-1\n',
    '',
    'aws.region',
    'aws:',
    'AWS region',
  ),
  one(
    'a missing field of a list entry is shown at the entry',
    '    max: 5\n',
    '',
    'fleets.0.max',
    '- name: linux',
    'Instances at most',
  ),
  one(
    'a missing section is shown at the top',
    'accounts:\n',
    'x-accounts:\n',
    'accounts',
    'aws:',
    'accounts',
  ),
  one('an empty field is shown', 'max: 5', 'max:', 'fleets.0.max', 'max:', 'number'),
  one(
    'a choice is one of those offered',
    'docker: rootless',
    'docker: rootles',
    'fleets.0.docker',
    'rootles',
    'rootless',
  ),
  one('a kind is one of those offered', 'kind: new', 'kind: nwe', 'network.kind', 'nwe', 'new'),
  one('a number has a least', 'warm: 2', 'warm: -1', 'fleets.0.warm', 'warm: -1', '0'),
  one('a number has a most', 'spotPercent: 10', 'spotPercent: 101', 'fleets.0.spotPercent', '101', '100'),
  one('a number is whole', 'max: 5', 'max: 5.5', 'fleets.0.max', '5.5', 'whole'),
  one('what is no number and no map says both', 'warm: 2', 'warm: two', 'fleets.0.warm', 'two', 'number; or'),
  one('a value of two kinds may not be empty', 'warm: 2', 'warm:', 'fleets.0.warm', 'warm:', 'number; or'),
  one('a number of two kinds is whole', 'warm: 2', 'warm: 1.5', 'fleets.0.warm', '1.5', 'whole'),
  one(
    'a misspelt field of one kind gets the right one',
    'count: 4',
    'cuont: 4, count: 4',
    'fleets.2.warm.hours.1.cuont',
    'cuont',
    'count',
  ),
  one(
    'a missing field of one kind is shown',
    '      timeZone: America/New_York\n',
    '',
    'fleets.2.warm.timeZone',
    'warm:',
    'IANA',
  ),
  one('warm hours are whole', '"08:00"', '"08:30"', 'fleets.2.warm.hours.0.from', '08:30', '23:00'),
  one(
    'warm hours start before midnight',
    '"08:00"',
    '"24:00"',
    'fleets.2.warm.hours.0.from',
    '24:00',
    '23:00',
  ),
  one(
    'a path is none with a slash before it',
    'acme/app',
    '/acme/app',
    'fleets.2.gitlab.projects.0',
    'projects',
    'acme/app',
  ),
  one('a project is in a group', 'acme/app', 'app', 'fleets.2.gitlab.projects.0', 'projects', 'acme/app'),
  one(
    'a runner is a number',
    'runnerId: 42',
    'runnerId: glrt-x',
    'fleets.2.gitlab.runnerId',
    'glrt-x',
    'write a number',
  ),
  one(
    'a field of another CI is unknown',
    '    baseUrl: https://gitlab',
    '    token: x\n    baseUrl: https://gitlab',
    'accounts.lab.token',
    'token',
    'webhook',
  ),
  one(
    'an account is of a CI that is known',
    'ci: gitlab',
    'ci: gitlub',
    'accounts.lab.ci',
    'gitlub',
    'gitlab',
  ),
  one('log days are those of CloudWatch', 'logDays: 30', 'logDays: 31', 'scaler.logDays', '31', '30'),
  one(
    'an image has an agent',
    'agents: [circleci]\n    toolchains',
    'agents: []\n    toolchains',
    'images.amd.agents',
    'agents: []',
    '1',
  ),
  one(
    'an instance type has a size that exists',
    'm7i.large',
    'm7i.lagre',
    'fleets.0.instanceTypes.0',
    'lagre',
    'm7i.large',
  ),
  one('names are short and plain', '  amd:', '  AMD_64:', 'images.AMD_64', 'AMD_64', 'letters'),
  one(
    'a resource class has a namespace',
    'acme/linux',
    'linux',
    'fleets.0.resourceClass',
    'resourceClass',
    'namespace/name',
  ),
  one('a time has two digits', '"07:00"', '"7:00"', 'fleets.0.hours.week.mon.0.open', '7:00', 'HH:MM'),
  one('a day ends at 24:00', '"20:00"', '"25:00"', 'fleets.0.hours.week.tue.0.close', '25:00', '24:00'),
  one('a weekday is one of seven', 'tue: [', 'tues: [', 'fleets.0.hours.week.tues', 'tues', 'tue'),
  one('a role path ends with a slash', '/ci/', '/ci', 'organization.rolePath', '/ci', '/'),
  one(
    'a key is no alias',
    'key/1234abcd\n  tags',
    'alias/ci\n  tags',
    'organization.kmsKeyArn',
    'alias/ci',
    'not an alias',
  ),
  one(
    'an e-mail address is one',
    'platform@example.com',
    'platform',
    'alarms.emails.0',
    'platform',
    'e-mail',
  ),
  one('a list is no text', '[platform@example.com]', 'platform@example.com', 'alarms.emails', 'emails', '- '),
  one('a map is no list', 'tags:\n      owner: team-a', 'tags: [owner]', 'fleets.0.tags', '[owner]', 'names'),
];

// Removing or renaming these breaks what refers to them, too.
const CONSEQUENCES = /^(x-accounts|fleets\.\d+\.image|fleets\.\d+\.account|scalar)$/;

describe.each(cases)('$rule', ({ text, path, line, remedy }) => {
  test('else the problem is shown on its line, with a remedy', () => {
    const problems = problemsIn(text);
    const found = problems.filter((problem) => dotted(problem) === path);
    expect(found).toHaveLength(1);
    expect(found[0]?.source).toContain(line);
    expect(found[0]?.remedy).toContain(remedy);
    expect(problems.map(dotted).filter((other) => other !== path && !CONSEQUENCES.test(other))).toEqual([]);
  });
});

test('a column points at the value, or at the key that is unknown', () => {
  const value = problemsIn(change('warm: 2', 'warm: -1'))[0];
  expect(value?.source?.slice((value?.column ?? 0) - 1)).toBe('-1');
  const key = problemsIn(change('warm: 2', 'wram: 2'))[0];
  expect(key?.source?.slice((key?.column ?? 0) - 1)).toBe('wram: 2');
});

test('a key that is there twice hides no other problem', () => {
  const problems = problemsIn(change('max: 3', 'max: 3\n    max: 4\n    warm: 5'));
  expect(problems.map(({ wrong }) => wrong)).toEqual([
    expect.stringContaining('max is there twice'),
    expect.stringContaining('warm is 5'),
  ]);
  expect(problems[0]?.source).toContain('max: 4');
});

test.each([
  ['a tab', change('  region: eu-central-1', '\tregion: eu-central-1'), 3],
  ['a quote that never ends', change('"4711"', '"4711'), undefined],
  ['an alias to nothing', change('image: arm', 'image: *arm'), 46],
  ['an unknown tag', change('max: 3', 'max: !big 3'), 48],
  ['a list as a key', change('max: 3', '? [max]\n    : 3'), undefined],
  ['two documents', `${PERFECT}---\naws: {}\n`, undefined],
])('%s is no sound YAML', (_name, text, line) => {
  const problems = problemsIn(text);
  expect(problems.length).toBeGreaterThan(0);
  if (line !== undefined)
    expect(problems.map((problem) => problem.line)).toContain(
      text.split('\n').findIndex((l) => /\t|\*arm|!big/.test(l)) + 1,
    );
});

test('aliases that multiply without end are refused', () => {
  const levels = Array.from(
    { length: 12 },
    (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`,
  );
  expect(problemsIn(`l0: &l0 [x]\n${levels.join('\n')}\n`)).toHaveLength(1);
});

test('an empty file is refused', () => {
  expect(problemsIn('')).toHaveLength(1);
  expect(problemsIn('# nothing yet\n')).toHaveLength(1);
});

test('fleets may share fields by anchor and merge, and problems point at the shared line', () => {
  const shared = change('  - name: linux\n', '  - &linux\n    name: linux\n');
  const merged = shared.replace(
    / {2}- name: arm\n[\s\S]*$/,
    '  - { <<: *linux, name: other, resourceClass: acme/other }\n',
  );
  expect(problemsIn(merged)).toEqual([]);
  const problems = problemsIn(change('warm: 2', 'warm: -1', merged));
  expect(problems.map(dotted)).toEqual(['fleets.0.warm', 'fleets.1.warm']);
  expect(problems.map(({ source }) => source?.trim())).toEqual(['warm: -1', 'warm: -1']);
});

test('credentials in an address are not repeated', () => {
  const text = change(
    'rolePath:',
    'proxy: http://me:s3same@proxy:3128\n  rolePath:',
    change('//circleci.acme', '//me:s3same@circleci.acme'),
  );
  const problems = problemsIn(text);
  expect(problems.map(dotted)).toEqual(['organization.proxy', 'accounts.server.baseUrl']);
  expect(JSON.stringify(problems)).not.toContain('s3same');
});
