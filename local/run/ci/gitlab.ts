import type { FleetConfig, GitlabConfig } from '../../../config/schema';
import { ask } from './ask';
import type { CiJob, FleetTokens, LocalCi } from './local-ci';

/** Each fleet's runner has one tag, the fleet's name, and so have the jobs that are meant for it. */
export function makeGitlab(url: string, fleets: FleetConfig[]): LocalCi {
  return {
    newRunnerToken: (random) => `glrt-${random}`,
    publish: async (tokens) => {
      await ask(`${url}/_local/setup`, 'PUT', toSetup(tokens));
      await ask(`${url}/_local/webhooks`, 'PUT', toWebhooks(tokens));
    },
    async enqueue(fleet, tasks) {
      const { projects } = gitlabOf(fleet);
      await ask(
        `${url}/_local/jobs`,
        'POST',
        tasks.map((task) => ({ ...task, project: projects[0], tags: [fleet.name] })),
      );
    },
    async readJobs() {
      const jobs = (await ask(`${url}/_local/jobs`)) as (CiJob & { tags: string[] })[];
      return jobs.map(({ tags, ...job }) => ({
        ...job,
        fleet: fleets.find(({ name, gitlab }) => gitlab && tags.includes(name))?.name,
      }));
    },
    async readLeftovers() {
      const managers = (await ask(`${url}/_local/managers`)) as { runnerId: number; systemId: string }[];
      return managers.map(({ runnerId, systemId }) => `at GitLab: manager ${systemId} of runner ${runnerId}`);
    },
  };
}

const gitlabOf = ({ name, gitlab }: FleetConfig): GitlabConfig => {
  if (!gitlab) throw new Error(`Fleet "${name}" does not serve GitLab.`);
  return gitlab;
};

function toSetup(tokens: FleetTokens[]) {
  const projects = tokens.flatMap(({ fleet }) => gitlabOf(fleet).projects);
  return {
    projects: Object.fromEntries(projects.map((project) => [project, { protected: ['main'] }])),
    runners: tokens.map(({ fleet, runnerToken }) => ({
      id: gitlabOf(fleet).runnerId,
      token: runnerToken,
      tags: [fleet.name],
      runUntagged: false,
      accessLevel: 'not_protected',
      projects: gitlabOf(fleet).projects,
    })),
    tokens: tokens.map(({ apiToken, scopes = ['read_api'] }) => ({ token: apiToken, scopes })),
  };
}

const toWebhooks = (tokens: FleetTokens[]) =>
  Object.fromEntries(
    tokens.flatMap(({ fleet, webhook }) =>
      webhook ? gitlabOf(fleet).projects.map((project) => [project, webhook]) : [],
    ),
  );
