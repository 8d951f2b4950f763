/** A GitHub, the AWS that a task sees, and containers of the built image between them. */
import { readFileSync } from 'node:fs';
import type { GithubJob } from '../../local/ci/github/state';
import { buildRunnerImage, type RunnerImage } from '../../local/containers/build-image';
import type { GithubRunner, NewJob } from '../../local/run/ci/github';
import { isRoot } from '../as-root';
import { GithubBench, REPOSITORY } from '../local/github-bench';
import { until } from '../local/until';
import { startNetwork, type TaskNetwork } from './network';
import { Task } from './task';
import { CREDENTIALS_PATH, TaskAws } from './task-aws';

/** A build takes two minutes, and its base as long again. */
export const BUILD_MS = 900_000;
const AWS_PORT = 4566;

/** What is known of a runner before it starts. */
export interface Minted {
  name: string;
  secret: string;
  /** The configuration as it is in the secret. */
  encoded: string;
}

export class TaskWorld {
  readonly aws = new TaskAws();
  private readonly tasks: Task[] = [];
  private minted = 0;

  private constructor(
    readonly image: RunnerImage,
    readonly bench: GithubBench,
    private network: TaskNetwork | null,
  ) {}

  static async start(): Promise<TaskWorld> {
    const image = await buildImage();
    // A real clock: the runner lives in it.
    const bench = await GithubBench.start();
    const world = new TaskWorld(image, bench, null);
    const ports = await world.aws.start();
    const github = Number(new URL(bench.url).port);
    world.network = await startNetwork([
      { host: '169.254.170.2', port: 80, servedAt: ports.credentials },
      { host: '127.0.0.1', port: AWS_PORT, servedAt: ports.secrets },
      { host: '127.0.0.1', port: github, servedAt: github },
    ]);
    return world;
  }

  /** A runner at GitHub whose configuration is in a secret, as the action leaves it. */
  async mint(): Promise<Minted> {
    this.minted += 1;
    const name = `muster-dev-app-sxyz12-${String(this.minted).padStart(8, '0')}`;
    const answer = await this.bench.mint({ name, labels: ['self-hosted', 'linux', 'x64', name] });
    const { encoded_jit_config: encoded } = (await answer.json()) as { encoded_jit_config: string };
    const secret = `muster/dev/github/app/jit/${name}`;
    this.aws.secrets.set(secret, encoded);
    return { name, secret, encoded };
  }

  run({ secret }: Pick<Minted, 'secret'>, environment: Record<string, string> = {}): Task {
    const task = Task.start(this.image, this.network?.namespace ?? '', {
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: `http://127.0.0.1:${AWS_PORT}`,
      AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: CREDENTIALS_PATH,
      ECS_CONTAINER_METADATA_URI_V4: 'http://169.254.170.2/v4/of-a-test',
      MUSTER_JIT_SECRET: secret,
      ...environment,
    });
    this.tasks.push(task);
    return task;
  }

  /** A job for that runner alone. */
  async queue({ name }: Minted, job: Partial<NewJob> = {}): Promise<string> {
    const [id = ''] = await this.bench.github.queue({
      repository: REPOSITORY,
      labels: ['self-hosted', name],
      seconds: 0,
      ...job,
    });
    return id;
  }

  job = (id: string): Promise<GithubJob> => this.bench.github.readJob(id);

  async logOf(id: string): Promise<string> {
    return readFileSync((await this.job(id)).logFile, 'utf8');
  }

  async runner({ name }: Minted): Promise<GithubRunner | undefined> {
    return (await this.bench.github.readRunners()).find((one) => one.name === name);
  }

  async untilOnline(minted: Minted): Promise<void> {
    await until(
      `${minted.name} is online`,
      () => this.runner(minted),
      (seen) => seen?.status === 'online',
    );
  }

  /** What one test did to it is over. */
  async tidy(): Promise<void> {
    await Promise.all(this.tasks.splice(0).map((task) => task.discard()));
    this.aws.faults = {};
    this.aws.isRoleSilent = false;
    this.aws.requests = [];
    await this.bench.github.playOutage(null);
    await this.bench.github.setUp({ minimumVersion: null });
  }

  async stop(): Promise<void> {
    await this.tidy();
    await this.network?.stop();
    await this.aws.stop();
    await this.bench.stop();
  }
}

export const buildImage = (): Promise<RunnerImage> =>
  buildRunnerImage({ toolchains: ['git', 'build-essential'], log: () => undefined });

/** The world of a file's tests. There is none where they are skipped. */
export function useWorld(): { world: TaskWorld } {
  const used = {} as { world: TaskWorld };
  if (isRoot) {
    beforeAll(async () => {
      used.world = await TaskWorld.start();
    }, BUILD_MS);
    afterEach(() => used.world.tidy());
    afterAll(() => used.world.stop(), 60_000);
  }
  return used;
}
