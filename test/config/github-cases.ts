/** What runners of GitHub on ECS have to say, each broken once. */
import { change } from './perfect';
import type { Case } from './rule-case';

const SECTION = `githubEcs:
  account: hub
  sizes:
    small: { cpu: 1024, memoryMb: 4096 }
    large: { cpu: 8192, memoryMb: 32768, diskGb: 100 }
    odd: { cpu: 3000, memoryMb: 7000 }
  hosts:
    image: containers
    instanceTypes: [m7i.2xlarge, m7a.2xlarge]
    max: 4
    tags: { tier: hosts }
  repositories:
    - name: shop
      repository: acme/shop
      ids: { owner: 1234, repository: 567890 }
      environments: [runners, staging]
      modes: [fargate-spot, fargate]
      sizes: [small, large]
    - name: tools
      repository: acme/tools
      branches: [main]
      modes: [ec2]
      sizes: [odd]
`;

/** The perfect config, and at its end runners of GitHub in which nothing is wrong. */
export const GITHUB = `${change(
  'images:\n',
  'images:\n  containers:\n    agents: [ecs]\n    toolchains: [docker, git]\n',
  change('accounts:\n', 'accounts:\n  hub: { ci: github }\n'),
)}${SECTION}`;

/** Runners of GitHub and nothing else. */
export const GITHUB_ONLY = `${GITHUB.slice(0, GITHUB.indexOf('images:'))}images:
  containers: { agents: [ecs], toolchains: [docker] }
${SECTION}`;

/** A config of no use. */
export const NOTHING = `${GITHUB.slice(0, GITHUB.indexOf('fleets:'))}fleets: []\n`;

const one = (rule: string, from: string, to: string, path: string, line: string, says?: string): Case => ({
  rule,
  text: change(from, to, GITHUB),
  path: path.replace(/^\./, 'githubEcs.'),
  line,
  ...(says === undefined ? {} : { says }),
});

/** Private subnets without NAT, and a proxy as all that leads out. */
const withoutExit = (text: string) =>
  change(
    'nat: one',
    'nat: none',
    change('inVpc: true', 'inVpc: false', change('rolePath:', 'proxy: http://proxy:3128\n  rolePath:', text)),
  );

const [SHOP, TOOLS] = ['.repositories.0', '.repositories.1'];
const ENVIRONMENTS = '      environments: [runners, staging]\n';

export const githubCases: Case[] = [
  {
    rule: 'no fleet follows GitHub',
    text: change(
      'account: server\n    resourceClass: acme/arm\n',
      'account: hub\n',
      change('agents: [circleci]\n  boxes', 'agents: [ecs]\n  boxes', GITHUB),
    ),
    path: 'fleets.1.account',
    line: 'account: hub',
    says: 'repository of githubEcs',
  },
  one('the account is there', 'account: hub', 'account: hup', '.account', 'account: hup', 'hub'),
  one('the account is of GitHub', 'account: hub', 'account: lab', '.account', 'account: lab', 'hub'),
  one(
    'sizes are there',
    '[small, large]',
    '[small, big]',
    `${SHOP}.sizes.1`,
    'sizes: [small, big]',
    'small, large',
  ),
  one('a rule admits jobs', ENVIRONMENTS, '', SHOP, 'name: shop', 'environments: [runners]'),
  one('an empty list admits none', '[main]', '[]', TOOLS, 'name: tools', 'environments: [runners]'),
  one('rules have names of their own', 'name: tools', 'name: shop', `${TOOLS}.name`, 'name: shop', 'its own'),
  one(
    'environments differ',
    '[runners, staging]',
    '[runners, runners]',
    `${SHOP}.environments.1`,
    'environments:',
    'twice',
  ),
  one('branches differ', '[main]', '[main, main]', `${TOOLS}.branches.1`, 'branches:', 'twice'),
  one('modes differ', '[ec2]', '[ec2, ec2]', `${TOOLS}.modes.1`, 'modes:', 'twice'),
  {
    rule: 'GitHub takes the names of runners',
    text: change('name: shop', `name: ${'s'.repeat(24)}`, GITHUB),
    environment: 'e'.repeat(16),
    path: 'githubEcs.repositories.0.name',
    line: 'name: sss',
    says: 'by 1',
  },
  one(
    'the role of a rule is no other',
    'name: shop',
    'name: hosts-instance',
    `${SHOP}.name`,
    'name: hosts-instance',
    'muster-test-github-hosts-instance',
  ),
  {
    rule: 'a fleet is not called as the hosts',
    text: change('name: arm\n', 'name: github-hosts\n', GITHUB),
    path: 'fleets.1.name',
    line: 'name: github-hosts',
    says: 'hosts of githubEcs',
  },
  {
    rule: 'a fleet does not write to the log of the runners',
    text: change('name: arm\n', 'name: github-runners\n', GITHUB),
    path: 'fleets.1.name',
    line: 'name: github-runners',
    says: '/muster/test/github-runners',
  },
  one(
    'the address is that of the API',
    'hub: { ci: github }',
    'hub: { ci: github, baseUrl: "https://github.com" }',
    'accounts.hub.baseUrl',
    'hub:',
    'https://api.github.com',
  ),
  one(
    'a server of one’s own issues its tokens',
    'hub: { ci: github }',
    'hub: { ci: github, baseUrl: "https://github.acme.example/api/v3" }',
    '.issuer',
    'githubEcs:',
    'github.acme.example/_services/token',
  ),
  one(
    'GitHub.com issues the tokens of its jobs',
    '  account: hub\n',
    '  account: hub\n  issuer: github.acme.example/_services/token\n',
    '.issuer',
    'issuer:',
    'token.actions.githubusercontent.com',
  ),
  one(
    'Fargate has the CPU size',
    'cpu: 8192',
    'cpu: 6144',
    '.sizes.large.cpu',
    'cpu: 6144',
    '256, 512, 1024, 2048, 4096, 8192, 16384',
  ),
  one(
    'Fargate has the memory for the CPU size',
    'memoryMb: 32768',
    'memoryMb: 34816',
    '.sizes.large.memoryMb',
    'memoryMb: 34816',
    '16384 to 61440 in steps of 4096',
  ),
  one(
    'the smallest tasks of Fargate have memory of their own',
    'cpu: 1024, memoryMb: 4096',
    'cpu: 256, memoryMb: 1536',
    '.sizes.small.memoryMb',
    'memoryMb: 1536',
    '512, 1024 or 2048',
  ),
  {
    rule: 'tasks on hosts have hosts',
    text: `${GITHUB.slice(0, GITHUB.indexOf('  hosts:'))}${GITHUB.slice(GITHUB.indexOf('  repositories:'))}`,
    path: 'githubEcs.repositories.1.modes.0',
    line: 'modes: [ec2]',
    says: 'githubEcs.hosts',
  },
  one(
    'the image of hosts is there',
    'image: containers',
    'image: container',
    '.hosts.image',
    'image: container',
  ),
  one(
    'hosts have the agent',
    'agents: [ecs]',
    'agents: [gitlab]',
    '.hosts.image',
    'image: containers',
    'add ecs',
  ),
  one('hosts have docker', '[docker, git]', '[git]', '.hosts.image', 'image: containers', 'add docker'),
  one(
    'hosts run the architecture of the runner’s image',
    '  account: hub\n',
    '  account: hub\n  image: { architecture: arm64 }\n',
    '.hosts.image',
    'image: containers',
    'one architecture',
  ),
  one(
    'types of hosts run their image',
    'm7a.2xlarge',
    'm7g.2xlarge',
    '.hosts.instanceTypes.1',
    'm7g.2xlarge',
    'x86_64',
  ),
  one(
    'types of hosts differ',
    'm7a.2xlarge',
    'm7i.2xlarge',
    '.hosts.instanceTypes.1',
    'm7i.2xlarge',
    'twice',
  ),
  one(
    'the disk of hosts holds their image',
    'max: 4\n',
    'max: 4\n    diskGb: 12\n',
    '.hosts.diskGb',
    'diskGb: 12',
    '16',
  ),
  one(
    'jobs on hosts end before AWS ends their drain',
    '  account: hub\n',
    '  account: hub\n  jobLimitMinutes: 2880\n',
    '.jobLimitMinutes',
    'jobLimitMinutes:',
    'at most 2855',
  ),
  {
    rule: 'Fargate has a way to its image',
    text: withoutExit(GITHUB),
    path: 'network.nat',
    line: 'nat: none',
    says: 'Fargate uses no proxy',
  },
  {
    rule: 'hosts have a way to their cluster, also where nothing runs on Fargate',
    text: withoutExit(change('[fargate-spot, fargate]', '[ec2]', GITHUB)),
    path: 'network.nat',
    line: 'nat: none',
    says: 'ecs, ecs-agent and ecs-telemetry',
  },
  one('hosts have sound tags', 'tier: hosts', '"a b": c', '.hosts.tags.a b', 'a b', 'a-b'),
];
