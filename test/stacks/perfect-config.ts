/** A sound config of one fleet, as a test's starting point: change one thing. */
import { type Config, configSchema } from '../../config/schema';

type Raw = Parameters<typeof configSchema.parse>[0] & Record<string, unknown>;

const PERFECT = {
  aws: { accountId: '123456789012', region: 'us-east-1' },
  network: { kind: 'new', cidr: '10.87.0.0/16', zones: 2, subnets: 'public' },
  accounts: { acme: { ci: 'circleci' } },
  images: { runner: { agents: ['circleci'] } },
  fleets: [fleet('linux')],
};

/** A sound fleet, as it stands in a config file. */
export function fleet(name: string, deviation: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name,
    account: 'acme',
    resourceClass: `acme/${name}`,
    image: 'runner',
    instanceTypes: ['m7i.large', 'm6i.large'],
    max: 3,
    ...deviation,
  };
}

/** A sound fleet of GitLab, of the account `forge`. */
export function gitlabFleet(name: string, deviation: Record<string, unknown> = {}): Record<string, unknown> {
  const { resourceClass: _, ...rest } = fleet(name);
  return {
    ...rest,
    account: 'forge',
    image: 'builder',
    gitlab: { runnerId: 7, projects: ['acme/app'] },
    ...deviation,
  };
}

/** What a config needs beside the perfect one to have a fleet of GitLab. */
export const WITH_GITLAB = {
  accounts: { acme: { ci: 'circleci' }, forge: { ci: 'gitlab' } },
  images: { runner: { agents: ['circleci'] }, builder: { agents: ['gitlab'] } },
  fleets: [fleet('linux'), gitlabFleet('forge')],
};

/** Runners of GitHub in all their modes; the account is `hub`, the hosts' image `containers`. */
export function githubEcs(deviation: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    account: 'hub',
    sizes: {
      small: { cpu: 1024, memoryMb: 4096 },
      large: { cpu: 4096, memoryMb: 16384, diskGb: 60 },
    },
    hosts: { image: 'containers', instanceTypes: ['m7i.2xlarge', 'm7a.2xlarge'], max: 4 },
    repositories: [
      {
        name: 'shop',
        repository: 'acme/shop',
        environments: ['runners'],
        modes: ['fargate-spot', 'fargate', 'ec2'],
        sizes: ['small', 'large'],
      },
      { name: 'tools', repository: 'acme/tools', branches: ['main'], sizes: ['small'] },
    ],
    ...deviation,
  };
}

/** What a config needs beside the perfect one to have nothing but runners of GitHub, on Fargate alone. */
export const GITHUB_ON_FARGATE = {
  accounts: { hub: { ci: 'github' } },
  images: {},
  fleets: [],
  githubEcs: githubEcs({
    hosts: undefined,
    repositories: [{ name: 'tools', repository: 'acme/tools', branches: ['main'], sizes: ['small'] }],
  }),
};

/** The same with hosts. */
export const WITH_GITHUB = {
  ...GITHUB_ON_FARGATE,
  images: { containers: { agents: ['ecs'], toolchains: ['docker'] } },
  githubEcs: githubEcs(),
};

/** @param deviation top-level fields of the config file that differ from the perfect one */
export function buildConfig(deviation: Record<string, unknown> = {}, environment = 'dev'): Config {
  const raw: Raw = { ...PERFECT, ...deviation };
  return { ...configSchema.parse(raw), environment };
}

export const WORKING_HOURS = {
  timeZone: 'Europe/Berlin',
  week: Object.fromEntries(
    ['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, [{ open: '06:30', close: '19:30' }]]),
  ),
  holidays: [],
  outside: 'closed' as const,
};

/** Every option away from its default. */
export const ALL_OPTIONS = {
  network: { kind: 'new', cidr: '10.1.0.0/16', zones: 3, subnets: 'private', nat: 'per-zone' },
  organization: {
    permissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/boundary',
    rolePath: '/ci/muster/',
    tags: { team: 'platform', 'cost-center': '4711' },
    kmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555',
    proxy: 'http://proxy.example.com:3128',
    noProxy: ['.example.com'],
  },
  alarms: { emails: ['oncall@example.com', 'team@example.com'] },
  scaler: { pollSeconds: 20, inVpc: true, logDays: 7 },
  accounts: {
    acme: { ci: 'circleci', baseUrl: 'https://ci.example.com/', concurrency: 20 },
    forge: {
      ci: 'gitlab',
      baseUrl: 'https://gitlab.example.com/',
      concurrency: 50,
      requestsPerMinute: 120,
      webhook: true,
    },
    hub: { ci: 'github', baseUrl: 'https://github.example.com/api/v3/' },
  },
  images: {
    runner: { agents: ['circleci'], keep: 3, shareWith: ['210987654321'], copyTo: ['eu-west-1'] },
    builder: { agents: ['circleci', 'gitlab'] },
    containers: { agents: ['ecs'], toolchains: ['docker'] },
  },
  nightly: {
    time: '02:30',
    timeZone: 'Europe/Berlin',
    images: ['runner'],
    computeType: 'BUILD_GENERAL1_MEDIUM',
  },
  housekeeping: { images: 'delete' },
  githubEcs: githubEcs({
    oidcProvider: 'existing',
    issuer: 'github.example.com/_services/token',
    image: { toolchains: ['git', 'node'], keep: 4 },
    hosts: {
      image: 'containers',
      instanceTypes: ['m7i.2xlarge', 'm7a.2xlarge'],
      spotPercent: 40,
      max: 4,
      diskGb: 80,
      maxLifetimeDays: 3,
      tags: { tier: 'hosts' },
    },
    jobLimitMinutes: 90,
    claimMinutes: 5,
  }),
  fleets: [
    fleet('linux', {
      spotPercent: 80,
      diskGb: 100,
      warm: 2,
      surge: 5,
      hours: WORKING_HOURS,
      jobLimitMinutes: 600,
      idleSeconds: 120,
      docker: 'rootless',
      tags: { tier: 'large' },
    }),
    fleet('other', { instanceTypes: ['m7i.large'], warmPool: { stopped: 2 } }),
    gitlabFleet('forge', {
      gitlab: {
        runnerId: 7,
        projects: ['acme/app', 'acme/lib'],
        groups: ['acme/tools'],
        executor: 'docker',
        dockerImage: 'debian:13',
      },
      docker: 'rootless',
      serves: 'many-jobs',
      jobsPerInstance: 4,
      warm: {
        timeZone: 'Europe/Berlin',
        hours: [
          { from: '06:00', to: '08:00', count: 1 },
          { from: '08:00', to: '18:00', count: 3 },
        ],
      },
      maxAgeHours: 48,
    }),
  ],
};

/** What makes policies long: every option, and 40 rules of GitHub's runners, with names as long as they may be. */
export const MANY_RULES = {
  ...ALL_OPTIONS,
  aws: { accountId: '123456789012', region: 'ap-southeast-2' },
  githubEcs: githubEcs({
    sizes: Object.fromEntries(
      ['small', 'medium', 'large'].map((size) => [size, { cpu: 1024, memoryMb: 4096 }]),
    ),
    repositories: Array.from({ length: 40 }, (_, index) => ({
      name: `repository-${index}`.padEnd(15, 'x'),
      repository: `acme/repository-${index}`,
      environments: ['runners'],
      modes: ['fargate-spot', 'fargate', 'ec2'],
      sizes: ['small', 'medium', 'large'],
    })),
  }),
};

/** An environment with as long a name as there may be; its rules' names have 15 characters then. */
export const LONG_NAME = 'a'.repeat(24);
