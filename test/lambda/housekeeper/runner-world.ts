/** GitHub, ECS and the secrets of runners, as far as the housekeeper sees them: in memory, and with the truth of who works. */
import {
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import type { Github, Runner } from '../../../github/types';

export const MINUTE = 60_000;
export const NOW = Date.parse('2026-11-21T05:00:00Z');
export const CLUSTER_ARN = 'arn:aws:ecs:eu-central-1:123456789012:cluster/muster-dev';

export interface WorldRunner extends Runner {
  repository: string;
  /** The truth; `busy` may lag behind it. */
  hasJob: boolean;
  /** Left out of lists, as a page may be that shifts while it is read. */
  isUnlisted?: boolean;
}

export interface WorldTask {
  arn: string;
  startedBy: string;
  createdAt: number;
  startedAt?: number;
  jitSecret?: string;
}

/** @param at of the minting, milliseconds since 1970 */
export const nameOf = (rule: string, at: number, nth = 0, environment = 'dev'): string =>
  `muster-${environment}-${rule}-${Math.floor(at / 1000).toString(36)}-${nth.toString(16).padStart(8, '0')}`;

export class World {
  runners: WorldRunner[] = [];
  tasks: WorldTask[] = [];
  /** What was done, in order: delete <id>, stop <arn>, secret <name>. */
  done: string[] = [];
  reasons: (string | undefined)[] = [];
  /** What GitHub answers with an error: the name of a method, or a repository. */
  broken = new Set<string>();
  // Clients of its own: worlds of property tests live at the same time.
  readonly ecs = new ECSClient({ region: 'eu-central-1' });
  readonly secrets = new SecretsManagerClient({ region: 'eu-central-1' });
  readonly ecsMock = mockClient(this.ecs);
  readonly secretsMock = mockClient(this.secrets);

  constructor() {
    this.ecsMock.on(ListTasksCommand).callsFake(({ startedBy, nextToken = '0', maxResults = 100 }) => {
      const all = this.tasks.filter((task) => startedBy === undefined || task.startedBy === startedBy);
      const from = Number(nextToken);
      const to = from + maxResults;
      return {
        taskArns: all.slice(from, to).map(({ arn }) => arn),
        ...(to < all.length ? { nextToken: String(to) } : {}),
      };
    });
    this.ecsMock.on(DescribeTasksCommand).callsFake(({ tasks: asked }: { tasks: string[] }) => {
      if (asked.length > 100) throw new Error('InvalidParameterException');
      const found = this.tasks.filter(({ arn }) => asked.includes(arn));
      const missing = asked.filter((arn) => !found.some((task) => task.arn === arn));
      return {
        tasks: found.map(toTask),
        failures: missing.map((arn) => ({ arn, reason: 'MISSING' })),
      };
    });
    this.ecsMock.on(StopTaskCommand).callsFake(({ task, reason }) => {
      this.done.push(`stop ${task}`);
      this.reasons.push(reason);
      this.tasks = this.tasks.filter(({ arn }) => arn !== task);
      return {};
    });
    this.secretsMock.on(DeleteSecretCommand).callsFake(({ SecretId }) => {
      this.done.push(`secret ${SecretId}`);
      return {};
    });
  }

  readonly github: Github = {
    mintRunner: () => Promise.reject(new Error('the housekeeper mints nothing')),
    readRunner: () => Promise.reject(new Error('the housekeeper asks by name')),
    findRunner: async (repository, name) => {
      this.answer('findRunner', repository);
      return this.runners.find((runner) => runner.repository === repository && runner.name === name) ?? null;
    },
    listRunners: async (repository) => {
      this.answer('listRunners', repository);
      return this.runners.filter((runner) => runner.repository === repository && !runner.isUnlisted);
    },
    removeRunner: async (repository, id) => {
      this.answer('removeRunner', repository);
      const runner = this.runners.find((one) => one.repository === repository && one.id === id);
      if (!runner) return 'gone';
      if (runner.hasJob) return 'busy';
      this.done.push(`delete ${id}`);
      this.runners = this.runners.filter((one) => one !== runner);
      return 'removed';
    },
  };

  get ports() {
    return {
      readGithub: async () => this.github,
      ecs: this.ecs,
      secrets: this.secrets,
      now: () => NOW,
    };
  }

  private answer(method: string, repository: string): void {
    for (const what of [method, repository])
      if (this.broken.has(what)) throw new Error(`${repository}: GitHub answers 503`);
  }
}

const toTask = ({ arn, startedBy, createdAt, startedAt, jitSecret }: WorldTask): Task => ({
  taskArn: arn,
  startedBy,
  lastStatus: startedAt === undefined ? 'PROVISIONING' : 'RUNNING',
  createdAt: new Date(createdAt),
  ...(startedAt === undefined ? {} : { startedAt: new Date(startedAt) }),
  overrides: {
    containerOverrides: [
      { name: 'runner', environment: jitSecret ? [{ name: 'MUSTER_JIT_SECRET', value: jitSecret }] : [] },
    ],
  },
});
