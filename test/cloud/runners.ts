/** Workflows that start their own runners, on a deployed environment: what stories play, and what must be left. */
import { DescribeTasksCommand, ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs';
import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clusterName, jitSecretPrefix, workflowRoleName } from '../../config/names';
import { runWorkflow } from '../../local/ci/github/workflow';
import type { WorkflowOptions, WorkflowResult } from '../../local/ci/github/workflow-options';
import { ask } from '../../local/run/ci/ask';
import { type LocalGithub, makeLocalGithub } from '../../local/run/ci/github';
import { makeClients } from '../../local/run/operator';
import { buildArns } from '../../stacks/arns';
import type { World } from './world';

/** A rule of config/github.yaml, and a job that it trusts. */
export interface Origin {
  rule: string;
  repository: string;
  ref: string;
  environment: string | null;
}

export const SHOP: Origin = {
  rule: 'shop',
  repository: 'acme/shop',
  ref: 'refs/heads/feature',
  environment: 'runners',
};
export const INFRA: Origin = {
  rule: 'infra',
  repository: 'acme/infra',
  ref: 'refs/heads/main',
  environment: null,
};

export interface Runners {
  github: LocalGithub;
  play(origin: Origin, changes?: Partial<WorkflowOptions>): Promise<WorkflowResult>;
  /** All that ECS still knows, those that stopped in the last hour among them. */
  readTasks(): Promise<Task[]>;
  /** What is left: registrations, tasks, configurations on their way. */
  readLeft(): Promise<string[]>;
  /** Plays with an ECS that answers as AWS does of its own accord. */
  failing<Answer>(failure: Record<string, unknown>, play: () => Promise<Answer>): Promise<Answer>;
  /** AWS takes the task of a runner back. */
  interrupt(label: string): Promise<void>;
  /** Parts of the App's private key, which nobody but GitHub and Secrets Manager may hold. */
  canaries: string[];
}

export async function makeRunners({ cloud, config }: World): Promise<Runners> {
  const { environment, aws } = config;
  const github = makeLocalGithub(cloud.githubUrl);
  const { settings } = makeClients(cloud.awsEndpointUrl, aws.region);
  const ecs = new ECSClient(settings);
  const secrets = new SecretsManagerClient(settings);
  const cluster = clusterName(environment);
  const { appId, privateKey } = await github.readApp();

  const readTasks = async () => {
    const lists = await Promise.all(
      (['RUNNING', 'STOPPED'] as const).map((desiredStatus) =>
        ecs.send(new ListTasksCommand({ cluster, desiredStatus })),
      ),
    );
    const tasks = lists.flatMap(({ taskArns = [] }) => taskArns);
    if (tasks.length === 0) return [];
    return (await ecs.send(new DescribeTasksCommand({ cluster, tasks, include: ['TAGS'] }))).tasks ?? [];
  };
  const rules = config.githubEcs?.repositories ?? [];
  return {
    github,
    readTasks,
    play: ({ rule, repository, ref, environment: named }, { inputs, ...changes } = {}) =>
      runWorkflow({
        github: {
          ...github,
          queue: (job) => github.queue(job),
        },
        awsUrl: cloud.awsEndpointUrl,
        region: aws.region,
        run: { repository, ref, environment: named },
        roleArn: buildArns(aws).role(config.organization.rolePath, workflowRoleName(environment, rule)),
        inputs: { environment, rule, 'app-id': appId, ...inputs },
        secrets: { 'private-key': privateKey },
        work: { seconds: 1 },
        ...changes,
      }),
    async readLeft() {
      const { SecretList = [] } = await secrets.send(new ListSecretsCommand({}));
      const prefixes = rules.map(({ name }) => jitSecretPrefix(environment, name));
      return [
        ...(await github.readLeftovers()),
        ...(await readTasks())
          .filter(({ lastStatus }) => lastStatus !== 'STOPPED')
          .map(({ startedBy, lastStatus }) => `at ECS: task of ${startedBy}, ${lastStatus}`),
        ...SecretList.filter(({ Name = '' }) => prefixes.some((prefix) => Name.startsWith(prefix))).map(
          ({ Name }) => `at Secrets Manager: ${Name}`,
        ),
      ];
    },
    async failing(failure, play) {
      await ask(`${cloud.awsEndpointUrl}/_local/ecs/failures`, 'POST', failure);
      try {
        return await play();
      } finally {
        await ask(`${cloud.awsEndpointUrl}/_local/ecs/failures`, 'DELETE');
      }
    },
    async interrupt(label) {
      const task = (await readTasks()).find(({ startedBy }) => startedBy === label);
      const id = task?.taskArn?.split('/').at(-1);
      await ask(`${cloud.awsEndpointUrl}/_local/ecs/tasks/${id}/interrupt`, 'POST', {});
    },
    canaries: privateKey
      .split('\n')
      .filter((line) => line.length >= 60)
      .slice(1, 4),
  };
}
