/** A fleet says what its CI needs to know, and nothing of another CI. */
import { type Path, type Problem, show } from '../problem';
import type { Draft } from '../salvage';
import type { GitlabConfig, QueueAccount } from '../schema';
import { findRepeated } from './repeated';
import { accountOf, eachFleet, type FleetDraft, type Rule } from './rule';

type Ci = QueueAccount['ci'];
type GitlabDraft = Draft<GitlabConfig>;

const TITLE: Record<Ci, string> = { circleci: 'CircleCI', gitlab: 'GitLab', nomad: 'Nomad' };

/** A fleet has the field that names its queue at this CI, and no fleet of another CI has it. */
const belongsTo =
  (ci: Ci, field: 'resourceClass' | 'gitlab' | 'nomad', example: string): Rule =>
  (config) =>
    eachFleet(config, (fleet, path) => {
      const own = accountOf(config, fleet)?.ci;
      // github.fleetsHaveAQueue speaks of GitHub's.
      if (own === undefined || own === 'github') return [];
      // A field that the schema refused is there, too.
      const isThere = field in fleet;
      if (own === ci && !isThere) {
        const wrong = `account ${show(fleet.account)} is of ${TITLE[ci]}, but the fleet has no ${field}`;
        return [{ path: [...path, field], wrong, remedy: `add it: ${example}` }];
      }
      if (own === ci || !isThere) return [];
      const wrong = `${field} is for ${TITLE[ci]}, but account ${show(fleet.account)} is of ${TITLE[own]}`;
      const remedy = `remove it, or use an account of ${TITLE[ci]}`;
      return [{ path: [...path, field], mark: 'key', wrong, remedy }];
    });

export const resourceClassesAreOfCircleci = belongsTo(
  'circleci',
  'resourceClass',
  'resourceClass: acme/linux',
);
export const gitlabIsOfGitlab = belongsTo(
  'gitlab',
  'gitlab',
  'gitlab: { runnerId: 42, projects: [acme/app] }',
);
export const nomadIsOfNomad = belongsTo('nomad', 'nomad', 'nomad: { datacenter: dc1, nodePool: builds }');

const eachGitlab = (check: (gitlab: GitlabDraft, path: Path, fleet: FleetDraft) => Problem[]): Rule => {
  return (config) =>
    eachFleet(config, (fleet, path) =>
      fleet.gitlab && (accountOf(config, fleet)?.ci ?? 'gitlab') === 'gitlab'
        ? check(fleet.gitlab, [...path, 'gitlab'], fleet)
        : [],
    );
};

export const gitlabFleetsServeSomething: Rule = eachGitlab(({ projects, groups }, path) =>
  projects?.length === 0 && groups?.length === 0
    ? [
        {
          path,
          mark: 'key',
          wrong: 'it names no project and no group, so no job would ever be seen',
          remedy: 'add projects: [acme/app], or groups: [acme]',
        },
      ]
    : [],
);

/** GitLab does not tell Acme/App from acme/app. A project that is named twice would be counted twice. */
export const gitlabPathsDiffer: Rule = eachGitlab(({ projects, groups }, path) =>
  [
    { kind: 'projects', paths: projects ?? [] },
    { kind: 'groups', paths: groups ?? [] },
  ].flatMap(({ kind, paths }) => [
    ...findRepeated(
      paths.map((name) => name?.toLowerCase()),
      (_key, index) => ({
        path: [...path, kind, index],
        wrong: `${paths[index]} is there twice`,
        remedy: 'remove one',
      }),
    ),
    ...paths.flatMap((name, index) => {
      const around = (groups ?? []).find((group) => isWithin(name, group));
      if (around === undefined) return [];
      const wrong = `${name} is in group ${around} already, whose projects and subgroups are all served`;
      return [{ path: [...path, kind, index], wrong, remedy: 'remove it, or the group' }];
    }),
  ]),
);

const isWithin = (name: string | undefined, group: string | undefined) =>
  name !== undefined && group !== undefined && name.toLowerCase().startsWith(`${group.toLowerCase()}/`);

export const dockerExecutorsHaveDocker: Rule = eachGitlab(({ executor, dockerImage }, path, { docker }) => {
  if (executor === 'docker' && docker === 'none') {
    return [
      {
        path: [...path, 'executor'],
        wrong: 'the docker executor runs jobs in containers, but docker is none',
        remedy: 'set docker: rootless (or rootful) in the fleet, or executor: shell',
      },
    ];
  }
  if (executor !== 'shell' || dockerImage === undefined) return [];
  return [
    {
      path: [...path, 'dockerImage'],
      mark: 'key',
      wrong: `${show(dockerImage)} would be used by no job: the shell executor runs them without containers`,
      remedy: 'remove it, or set executor: docker',
    },
  ];
});

/** Each of them would take the other's jobs, and launch for them. */
export const runnersDiffer: Rule = (config) =>
  findRepeated(
    (config.fleets ?? []).map((fleet) => {
      const account = fleet && accountOf(config, fleet);
      if (fleet?.gitlab?.runnerId === undefined || account?.ci !== 'gitlab' || !account.baseUrl)
        return undefined;
      return `${account.baseUrl.toLowerCase()} ${fleet.gitlab.runnerId}`;
    }),
    (_runner, index, first) => ({
      path: ['fleets', index, 'gitlab', 'runnerId'],
      wrong: `runner ${config.fleets?.[index]?.gitlab?.runnerId} is that of fleets[${first}] (${config.fleets?.[first]?.name ?? '?'}) already: each would take the jobs of the other`,
      remedy: 'create a runner of its own in GitLab for each fleet',
    }),
  );

/** A CircleCI agent is told when it starts to take one task and end, which is what makes its leave certain. */
export const manyJobsAreOfGitlab: Rule = (config) =>
  eachFleet(config, (fleet, path) =>
    fleet.serves === 'many-jobs' && accountOf(config, fleet)?.ci === 'circleci'
      ? [
          {
            path: [...path, 'serves'],
            wrong:
              'serves is many-jobs, but the agent of CircleCI runs one job at a time and cannot say when it is idle',
            remedy: 'set serves: one-job; warm saves the wait for a boot',
          },
        ]
      : [],
  );

export const jobsShareInstancesThatServeMany: Rule = (config) =>
  eachFleet(config, ({ jobsPerInstance, serves }, path) =>
    jobsPerInstance !== undefined && jobsPerInstance > 1 && serves === 'one-job'
      ? [
          {
            path: [...path, 'jobsPerInstance'],
            wrong: `jobsPerInstance is ${jobsPerInstance}, but an instance leaves after one job`,
            remedy: 'set jobsPerInstance: 1, or (GitLab, Nomad) serves: many-jobs',
          },
        ]
      : [],
  );
