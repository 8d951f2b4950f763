import type { Attempt } from '../../actions/start-runner/src/attempts';
import { times as githubTimes, reply } from '../github/github-server';
import { json, refuse, stop, times } from './aws-server';
import { advance, createWorld, failure, start, type World } from './world';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(() => world.close());

const calls = (action: string) =>
  world.aws.calls.filter((call) => call.action === action).map(({ body }) => body);
const noted = (states: string[]): Attempt[][] => states.map((state) => JSON.parse(state));

describe('where all goes well', () => {
  test('a runner is started: one registration, one secret, one task, all of one name', async () => {
    const { started } = start(world);
    const { runner, taskArn, mode } = await started;
    expect(mode).toBe('fargate');
    expect(taskArn).toBe(world.aws.tasks[0]?.taskArn);
    expect(world.github.runners).toMatchObject([
      { name: runner, labels: ['self-hosted', 'linux', 'x64', runner], status: 'online' },
    ]);
    expect(world.left()).toEqual({ runners: 1, secrets: 0, tasks: 1 });
    expect(calls('RunTask')).toEqual([
      {
        cluster: 'muster-dev',
        taskDefinition: 'muster-dev-app-small-fargate',
        count: 1,
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
        networkConfiguration: {
          awsvpcConfiguration: {
            subnets: ['subnet-1', 'subnet-2'],
            securityGroups: ['sg-1'],
            assignPublicIp: 'DISABLED',
          },
        },
        clientToken: expect.stringMatching(/^[0-9a-f]{32}$/),
        startedBy: runner,
        enableExecuteCommand: false,
        tags: [{ key: 'muster:rule', value: 'app' }],
        overrides: {
          containerOverrides: [
            {
              name: 'runner',
              environment: [
                {
                  name: 'MUSTER_JIT_SECRET',
                  value: expect.stringMatching(/^muster\/dev\/github\/app\/jit\/[0-9a-f]{32}$/),
                },
              ],
            },
          ],
        },
      },
    ]);
  });

  test.each([
    ['fargate', 'FARGATE', 'muster-dev-app-small-fargate', true],
    ['fargate-spot', 'FARGATE_SPOT', 'muster-dev-app-small-fargate', true],
    ['ec2', 'muster-dev-github-hosts', 'muster-dev-app-small-ec2', false],
  ] as const)(
    'mode %s runs on %s, with a network only where tasks have their own',
    async (mode, provider, family, own) => {
      await start(world, [mode]).started;
      const [call] = calls('RunTask');
      expect(call).toMatchObject({
        taskDefinition: family,
        capacityProviderStrategy: [{ capacityProvider: provider, weight: 1 }],
      });
      expect('networkConfiguration' in (call ?? {})).toBe(own);
    },
  );

  test('the configuration is in the secret alone: in no call to ECS, no line, no state', async () => {
    const { started, told } = start(world);
    await started;
    const jit = world.github.runners[0]?.jit ?? 'none';
    expect(told.masked).toEqual([jit]);
    expect(calls('CreateSecret')).toMatchObject([
      { SecretString: jit, Tags: [{ Key: 'muster:rule', Value: 'app' }] },
    ]);
    const rest = world.aws.calls.filter(({ action }) => action !== 'CreateSecret');
    const everything = JSON.stringify([rest, told.lines, told.states]);
    expect(everything).not.toContain(jit);
    expect(everything).not.toContain('canary');
  });

  test('the secret has the key of the organization', async () => {
    world.settings = { ...world.settings, secretKey: 'arn:aws:kms:eu-central-1:123456789012:key/one' };
    await start(world).started;
    expect(calls('CreateSecret')).toMatchObject([{ KmsKeyId: world.settings.secretKey }]);
  });

  test('each thing is noted before it is made', async () => {
    const seen: Record<string, Attempt> = {};
    const { started, told } = start(world);
    const last = () => noted(told.states).at(-1)?.[0] as Attempt;
    world.github.onMint = () => {
      seen.mint = last();
    };
    world.aws.instead = [
      ({ action }) => {
        seen[action] ??= last();
        return false;
      },
    ];
    const { runner, taskArn } = await started;
    expect(seen.mint).toEqual({ runner, mode: 'fargate', cluster: 'muster-dev' });
    expect(seen.CreateSecret).toMatchObject({ runnerId: expect.any(Number), secret: expect.any(String) });
    expect(seen.RunTask).toMatchObject({ asked: true });
    expect(seen.RunTask).not.toHaveProperty('taskArn');
    expect(seen.DescribeTasks).toMatchObject({ taskArn });
    expect(seen.DescribeTasks).not.toHaveProperty('online');
    expect(last()).toMatchObject({ online: true });
  });

  test('GitHub is not asked before a container runs', async () => {
    let described = 0;
    world.aws.onDescribe = (task) => {
      described += 1;
      if (described > 10) advance(world, task);
    };
    await start(world, ['ec2']).started;
    expect(world.github.calls.length).toBeLessThan(5);
  });
});

describe('no capacity', () => {
  const lacking = (reason: string) => (_call: unknown, response: Parameters<typeof json>[0]) =>
    json(response, 200, { tasks: [], failures: [{ arn: 'arn:aws:ecs:x', reason }] });

  test.each([
    'RESOURCE:CPU',
    'RESOURCE:MEMORY',
    'RESOURCE:ENI',
    'AGENT',
    'EMPTY CAPACITY PROVIDER',
    'Capacity is unavailable at this time. Please try again later or in a different availability zone',
  ])('told as failure %s: the next mode is tried, and nothing is left of the first', async (reason) => {
    world.aws.instead = [times(1, 'RunTask', lacking(reason))];
    const { started, told } = start(world, ['fargate-spot', 'fargate']);
    expect(await started).toMatchObject({ mode: 'fargate' });
    expect(told.lines).toContain(`No capacity: fargate-spot: ${reason}.`);
    // The post step has nothing to look after but what came online.
    expect(noted(told.states).at(-1)).toMatchObject([{ mode: 'fargate', online: true }]);
    expect(world.left()).toEqual({ runners: 1, secrets: 0, tasks: 1 });
    expect(new Set(calls('RunTask').map(({ clientToken }) => clientToken)).size).toBe(2);
  });

  test.each([
    ['ClientException', "You've reached the limit on the number of tasks you can run concurrently."],
    ['ThrottlingException', 'You’ve reached the limit on the number of vCPUs you can run concurrently'],
    ['ThrottlingException', 'Capacity is unavailable at this time.'],
  ])('told as %s: %s', async (type, message) => {
    world.aws.instead = [times(4, 'RunTask', (_call, response) => refuse(response, type, message))];
    expect(await start(world, ['fargate-spot', 'fargate']).started).toMatchObject({
      mode: expect.any(String),
    });
    expect(world.left()).toEqual({ runners: 1, secrets: 0, tasks: 1 });
  });

  test('in any mode: all are tried again, more slowly each time', async () => {
    world.aws.instead = [times(7, 'RunTask', lacking('RESOURCE:CPU'))];
    const { started, told } = start(world, ['fargate-spot', 'fargate']);
    expect(await started).toMatchObject({ mode: 'fargate' });
    // Two seconds: whether it stays online.
    expect(told.waits.filter((wait) => wait !== 4)).toEqual([5, 10, 20, 2]);
    expect(world.left()).toEqual({ runners: 1, secrets: 0, tasks: 1 });
  });

  test('until the deadline is an error that names what AWS said', async () => {
    world.aws.instead = [times(999, 'RunTask', lacking('RESOURCE:CPU'))];
    const { started, stop: end } = start(world, ['fargate']);
    const clockEnds = world.aws.instead[0];
    let asked = 0;
    world.aws.instead = [
      (call, response) => {
        if (call.action === 'RunTask') asked += 1;
        if (asked === 5) end.abort('No runner came online within 10 minutes.');
        return clockEnds?.(call, response) ?? false;
      },
    ];
    const error = await failure(started);
    expect(error.message).toMatch(
      /^No runner came online within 10 minutes\. AWS had no capacity: fargate: RESOURCE:CPU\. Allow the rule more modes/,
    );
  });

  test.each([
    ['SpotInterruption', 'Your Spot Task was interrupted.'],
    ['TerminationNotice', 'Fargate is retiring this task.'],
    ['TaskFailedToStart', 'Capacity is unavailable at this time. Please try again later.'],
    ['TaskFailedToStart', 'Timeout waiting for network interface provisioning to complete.'],
    ['TerminationNotice', 'Host EC2 (instance i-0123) terminated.'],
  ])(
    'of a task that had started (%s: %s): its runner and secret go, and the next mode is tried',
    async (code, reason) => {
      world.aws.onDescribe = (task) =>
        task === world.aws.tasks[0] ? stop(task, code, reason) : advance(world, task);
      expect(await start(world, ['fargate-spot', 'fargate']).started).toMatchObject({ mode: 'fargate' });
      expect(world.left()).toEqual({ runners: 1, secrets: 0, tasks: 1 });
    },
  );
});

describe('hosts that do not come', () => {
  const waitForHosts = () => {
    world.aws.onDescribe = (task) => {
      if (task !== world.aws.tasks[0]) advance(world, task);
    };
  };

  test('have their share of the time, then the next mode is tried', async () => {
    waitForHosts();
    const { started, told } = start(world, ['ec2', 'fargate']);
    expect(await started).toMatchObject({ mode: 'fargate' });
    expect(told.lines).toContain('No capacity: ECS has found no place for the task in 304 s.');
    expect(world.left()).toEqual({ runners: 1, secrets: 0, tasks: 1 });
  });

  test('are waited for to the end where they are the only mode', async () => {
    waitForHosts();
    const { started, told, stop: end } = start(world, ['ec2']);
    const advanceFirst = world.aws.onDescribe;
    world.aws.onDescribe = (task) => {
      advanceFirst(task);
      if (told.waits.length > 140) end.abort('No runner came online within 10 minutes.');
    };
    expect((await failure(started)).message).toMatch(
      /PROVISIONING last: there was no place for it\. See the hosts/,
    );
    expect(calls('RunTask')).toHaveLength(1);
  });
});

describe('what no other mode would cure', () => {
  test.each([
    ['ClientException', 'TaskDefinition is inactive', /muster-dev-app-small-fargate.*make deploy/],
    ['InvalidParameterException', 'TaskDefinition not found.', /muster-dev-app-small-fargate.*make deploy/],
    [
      'InvalidParameterException',
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster.',
      /does not have this capacity provider: run make deploy, or leave the mode out/,
    ],
    ['ClusterNotFoundException', 'Cluster not found.', /cluster is not \(any more\) what was deployed/],
    [
      'InvalidParameterException',
      'Error retrieving subnet information for [subnet-1]',
      /network of the tasks/,
    ],
    ['AccessDeniedException', 'User is not authorized to perform: ecs:RunTask', /role-to-assume/],
    [
      'ExpiredTokenException',
      'The security token included in the request is expired',
      /have ended.*role-duration-seconds/,
    ],
    ['UnrecognizedClientException', 'The security token included in the request is invalid', /not valid/],
  ])('%s: %s', async (type, message, remedy) => {
    world.aws.instead = [times(9, 'RunTask', (_call, response) => refuse(response, type, message))];
    const error = await failure(start(world, ['fargate', 'ec2']).started);
    expect(error.message).toContain(`AWS: starting muster-dev-app-small-fargate on FARGATE: ${type}: `);
    expect(error.message).toMatch(remedy);
    expect(calls('RunTask')).toHaveLength(1);
  });

  test('a failure that is no lack of capacity', async () => {
    world.aws.instead = [
      times(9, 'RunTask', (_call, response) =>
        json(response, 200, {
          tasks: [],
          failures: [{ reason: 'ATTRIBUTE', detail: 'ecs.cpu-architecture' }],
        }),
      ),
    ];
    const error = await failure(start(world, ['ec2', 'fargate']).started);
    expect(error.message).toMatch(/ATTRIBUTE: ecs\.cpu-architecture\. The hosts lack what/);
  });

  test('an answer with neither a task nor a failure', async () => {
    world.aws.instead = [times(9, 'RunTask', (_call, response) => json(response, 200, {}))];
    expect((await failure(start(world).started)).message).toContain('neither a task nor a failure');
  });

  test.each([
    ['AccessDeniedException', /role-to-assume/],
    ['LimitExceededException', /too many secrets/],
  ])('a secret that cannot be made (%s)', async (type, remedy) => {
    world.aws.instead = [times(9, 'CreateSecret', (_call, response) => refuse(response, type))];
    const error = await failure(start(world).started);
    expect(error.message).toMatch(/creating the secret for the runner/);
    expect(error.message).toMatch(remedy);
    expect(calls('RunTask')).toEqual([]);
  });
});

describe('an answer of RunTask that got lost', () => {
  test.each([
    ['broke off', (response: Parameters<typeof json>[0]) => response.destroy()],
    ['made no sense', (response: Parameters<typeof json>[0]) => response.writeHead(200).end('<html>')],
    ['was 500', (response: Parameters<typeof json>[0]) => refuse(response, 'ServerException', '', 500)],
  ])('and %s: the same is asked until AWS says whether it runs', async (_how, lose) => {
    // The SDK's own attempts included, and one more of ours.
    let left = 5;
    world.aws.instead = [
      (call, response) => {
        if (call.action !== 'RunTask' || left === 0) return false;
        left -= 1;
        lose(response);
        return true;
      },
    ];
    await start(world, ['fargate', 'ec2']).started;
    const tokens = calls('RunTask').map(({ clientToken }) => clientToken);
    expect(new Set(tokens).size).toBe(1);
    expect(tokens.length).toBeGreaterThan(1);
    expect(world.left()).toEqual({ runners: 1, secrets: 0, tasks: 1 });
  });

  test('throttled until the deadline: the error names what AWS said', async () => {
    const { started, stop: end } = start(world);
    let asked = 0;
    world.aws.instead = [
      ({ action }, response) => {
        if (action !== 'RunTask') return false;
        asked += 1;
        if (asked === 5) end.abort('No runner came online within 10 minutes.');
        return refuse(response, 'ThrottlingException', 'Rate exceeded');
      },
    ];
    expect((await failure(started)).message).toMatch(
      /within 10 minutes\. AWS: starting .*ThrottlingException: Rate exceeded/,
    );
  });
});

describe('a task that stops before its runner is online', () => {
  const stopped = (code: string, reason: string, exitCode?: number) => {
    world.aws.onDescribe = (task) => stop(task, code, reason, exitCode);
    return failure(start(world, ['fargate', 'ec2']).started);
  };

  test('without an image: make runner-image', async () => {
    const reason =
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 123456789012.dkr.ecr.eu-central-1.amazonaws.com/muster-dev/github-runner:none: not found';
    expect((await stopped('TaskFailedToStart', reason)).message).toMatch(
      /CannotPullContainerError.*:none: not found\. The image is not there, or may not be read: run make runner-image ENV=dev\.$/,
    );
  });

  test.each([
    [
      'CannotPullContainerError: failed to resolve ref: dial tcp 10.0.0.1:443: i/o timeout',
      /does not reach ECR/,
    ],
    ['ResourceInitializationError: failed to validate logger args', /does not reach what ECS needs/],
    ['OutOfMemoryError: Container killed due to memory usage', /too little memory/],
    ['CannotStartContainerError: exec format error', /architecture/],
  ])('%s', async (reason, remedy) => {
    expect((await stopped('TaskFailedToStart', reason)).message).toMatch(remedy);
  });

  test('of itself: the exit code, and where its log is', async () => {
    const error = await stopped('EssentialContainerExited', 'Essential container in task exited', 1);
    expect(error.message).toMatch(
      /Essential container in task exited; exit code 1\. .*CloudWatch, group \/muster\/dev\/github-runners, stream app\/runner\/1\./,
    );
  });

  test('because it was told to, before a job came: its host leaves, and the next mode is tried', async () => {
    let first: unknown;
    world.aws.onDescribe = (task) => {
      first ??= task;
      if (task === first) stop(task, 'EssentialContainerExited', 'Essential container in task exited', 75);
      else advance(world, task);
    };
    const { started, told } = start(world, ['ec2', 'fargate']);
    expect(await started).toMatchObject({ mode: 'fargate' });
    expect(told.lines).toContainEqual(
      expect.stringMatching(/No capacity: its container was told to stop before/),
    );
    expect(world.left()).toEqual({ runners: 1, secrets: 0, tasks: 1 });
  });

  test('because somebody told it to, is tried no more', async () => {
    const error = await stopped('UserInitiated', 'Task stopped by a person', 75);
    expect(error.message).toMatch(/UserInitiated: .*Somebody stopped it/);
  });

  test('by somebody: who, is said', async () => {
    const error = await stopped('UserInitiated', 'Task stopped by the housekeeper', 143);
    expect(error.message).toMatch(/UserInitiated: Task stopped by the housekeeper.*Somebody stopped it/);
  });

  test('though GitHub still takes its runner for online', async () => {
    world.aws.onDescribe = (task) => {
      for (const runner of world.github.runners) runner.status = 'online';
      stop(task, 'EssentialContainerExited', 'Essential container in task exited', 137);
    };
    expect((await failure(start(world).started)).message).toContain('exit code 137');
  });

  test('though its runner was online for a moment: GitHub lets one in that is too old, and gives it no jobs', async () => {
    world.aws.onDescribe = (task) => {
      if (world.github.runners.some(({ status }) => status === 'online'))
        stop(task, 'EssentialContainerExited', 'Essential container in task exited', 1);
      else advance(world, task);
    };
    expect((await failure(start(world).started)).message).toContain('exit code 1');
  });

  test('that is on its way out is waited for, until it tells its reason', async () => {
    let described = 0;
    world.aws.onDescribe = (task) => {
      described += 1;
      for (const runner of world.github.runners) runner.status = 'online';
      Object.assign(task, { lastStatus: 'DEPROVISIONING', desiredStatus: 'STOPPED' });
      if (described > 3) stop(task, 'EssentialContainerExited', 'Essential container in task exited', 1);
    };
    expect((await failure(start(world).started)).message).toContain('exit code 1');
  });
});

describe('a runner that another job takes', () => {
  const taken = (count: number, how: (name: string) => void) => {
    world.aws.onDescribe = (task) => {
      advance(world, task);
      advance(world, task);
      if (world.aws.tasks.indexOf(task) < count && task.lastStatus === 'RUNNING') how(task.startedBy);
    };
  };
  const makeBusy = (name: string) => {
    for (const runner of world.github.runners) if (runner.name === name) runner.busy = true;
  };

  test('is left to it, and another one is started', async () => {
    taken(1, makeBusy);
    const { runner } = await start(world).started;
    expect(world.github.runners.map(({ name, busy }) => [name === runner, busy])).toEqual([
      [false, true],
      [true, false],
    ]);
    expect(calls('StopTask')).toEqual([]);
  });

  test('and that has ended already is no runner of ours, either', async () => {
    taken(1, (name) => {
      world.github.runners = world.github.runners.filter((runner) => runner.name !== name);
    });
    await start(world).started;
    expect(world.left()).toEqual({ runners: 1, secrets: 0, tasks: 1 });
  });

  test('again and again is an error that says which jobs', async () => {
    taken(99, makeBusy);
    const error = await failure(start(world).started);
    expect(error.message).toMatch(
      /^3 runners were started, and other jobs took them: the runner has a job already\. A job whose runs-on/,
    );
  });
});

describe('GitHub', () => {
  test.each([
    [401, /wrong, expired or revoked/],
    [403, /Administration: read and write/],
    [404, /Check the name of the repository/],
    [409, /Another runner has this name/],
    [422, /does not take what was sent/],
  ])('answers %d: nothing is made at AWS', async (status, remedy) => {
    world.github.instead = [
      githubTimes(9, 'generate-jitconfig', (_call, response) => reply(response, status, { message: 'No.' })),
    ];
    expect((await failure(start(world).started)).message).toMatch(remedy);
    expect(world.aws.calls).toEqual([]);
  });

  test('takes the token no longer while it is waited for', async () => {
    world.aws.onDescribe = (task) => {
      task.lastStatus = 'RUNNING';
      world.github.tokens.clear();
    };
    expect((await failure(start(world).started)).message).toMatch(
      /Bad credentials\. .*wrong, expired or revoked/,
    );
  });

  test('fails for longer than one question has: it is asked on', async () => {
    world.github.instead = [githubTimes(20, 'GET /repos', (_call, response) => reply(response, 502, 'oops'))];
    await start(world).started;
    expect(world.left()).toEqual({ runners: 1, secrets: 0, tasks: 1 });
  });

  test('has no more requests for us while it is waited for, which it may say with 403: it is asked on, slower', async () => {
    world.github.instead = [
      githubTimes(2, 'GET /repos', (_call, response) =>
        reply(response, 403, { message: 'API rate limit exceeded' }),
      ),
    ];
    const { told, started } = start(world);
    await started;
    expect(told.waits.filter((wait) => wait === 10)).toHaveLength(2);
  });

  test('permits it no longer while it is waited for: that does not pass', async () => {
    world.github.instead = [
      githubTimes(9, 'GET /repos', (_call, response) =>
        reply(response, 403, { message: 'Resource not accessible' }),
      ),
    ];
    expect((await failure(start(world).started)).message).toMatch(/Administration: read and write/);
  });
});

test('settings that are taken away while a runner is minted end the start before its task', async () => {
  world.github.onMint = () => world.aws.parameters.clear();
  expect((await failure(start(world).started)).message).toMatch(/is being destroyed.*make deploy ENV=dev/);
  expect(calls('RunTask')).toEqual([]);
});

test('a task that ECS does not know yet has no tag, so that nobody may read it for a moment', async () => {
  const denied = (count: number) => [
    times(count, 'DescribeTasks', (_call, response) => refuse(response, 'AccessDeniedException')),
  ];
  world.aws.instead = denied(3);
  await start(world).started;
  world.aws.instead = denied(99);
  const { told, started } = start(world);
  expect((await failure(started)).message).toMatch(/AccessDenied.*role-to-assume/);
  expect(told.waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(60);
});

describe('ECS, while it is waited for,', () => {
  test.each([
    ['is throttled', 'ThrottlingException', 400],
    ['fails', 'ServerException', 500],
  ])('%s: it is asked on', async (_what, type, status) => {
    world.aws.instead = [times(9, 'DescribeTasks', (_call, response) => refuse(response, type, '', status))];
    await start(world).started;
  });

  test('does not know the task yet: it is asked on', async () => {
    world.aws.instead = [
      times(5, 'DescribeTasks', (_call, response) =>
        json(response, 200, { tasks: [], failures: [{ reason: 'MISSING' }] }),
      ),
    ];
    await start(world).started;
  });

  test('does not know the task after a minute', async () => {
    world.aws.instead = [
      times(99, 'DescribeTasks', (_call, response) =>
        json(response, 200, { tasks: [], failures: [{ reason: 'MISSING' }] }),
      ),
    ];
    expect((await failure(start(world).started)).message).toMatch(/ECS does not know task arn:.*CloudTrail/);
  });

  test('takes the credentials no longer', async () => {
    world.aws.instead = [
      times(9, 'DescribeTasks', (_call, response) => refuse(response, 'ExpiredTokenException', 'expired')),
    ];
    expect((await failure(start(world).started)).message).toMatch(/reading task .*role-duration-seconds/);
  });
});

describe('told to stop', () => {
  test.each([
    ['PROVISIONING', /Its task was PROVISIONING last: there was no place for it/],
    ['PENDING', /Its task was PENDING last: the image is large/],
    ['RUNNING', /Its task was RUNNING last: its container runs, but GitHub has not heard/],
  ])('while the task is %s, it says so', async (status, hint) => {
    const { started, stop: end } = start(world);
    let described = 0;
    world.aws.onDescribe = (task) => {
      task.lastStatus = status;
      described += 1;
      if (described === 3) end.abort('No runner came online within 10 minutes.');
    };
    const error = await failure(started);
    expect(error.message).toMatch(/^No runner came online within 10 minutes\./);
    expect(error.message).toMatch(hint);
  });

  test.each(['mint', 'CreateSecret', 'RunTask'])(
    'during %s: what was begun is noted, and nothing more is begun',
    async (step) => {
      const { started, stop: end, told } = start(world);
      world.github.onMint = () => {
        if (step === 'mint') end.abort('The workflow was cancelled (SIGINT).');
      };
      world.aws.instead = [
        ({ action }) => {
          if (action === step) end.abort('The workflow was cancelled (SIGINT).');
          return false;
        },
      ];
      expect((await failure(started)).message).toMatch(/^The workflow was cancelled \(SIGINT\)\./);
      const order = ['CreateSecret', 'RunTask', 'DescribeTasks'];
      for (const later of order.slice(order.indexOf(step) + 1)) expect(calls(later)).toEqual([]);
      const [attempt] = noted(told.states).at(-1) ?? [];
      expect(attempt?.runner).toBe(world.github.runners[0]?.name);
      if (step === 'RunTask') expect(attempt?.taskArn).toBe(world.aws.tasks[0]?.taskArn);
    },
  );
});
