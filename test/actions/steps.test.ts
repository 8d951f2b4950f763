/** The bundle of the action, run as GitHub runs it, against servers of this machine. */
import { serialize } from '../../actions/start-runner/settings';
import { times as githubTimes, reply } from '../github/github-server';
import { json, refuse, times } from './aws-server';
import { type Bundle, makeBundle } from './step';
import { advance, createWorld, settingsOf, type World } from './world';

// A process for each step, and a machine that others use too.

let bundle: Bundle;
let world: World;
beforeAll(() => {
  bundle = makeBundle();
});
afterAll(() => bundle.remove());
beforeEach(async () => {
  world = await createWorld();
  // Without waiting between polls.
  world.aws.onDescribe = (task) => {
    for (let i = 0; i < 3; i += 1) advance(world, task);
  };
});
afterEach(() => {
  bundle.endAll();
  return world.close();
});

const NOTHING = { runners: 0, secrets: 0, tasks: 0 };
const post = (state: Record<string, string>, status: string, env = {}) =>
  bundle.run('post', world, { state, inputs: { 'job-status': status }, env }).ended;
const started = async () => {
  const { status, output, state } = await bundle.run('main', world).ended;
  if (status !== 0) throw new Error(output);
  return state;
};

describe('main', () => {
  test('puts out label, task and mode, as an App', async () => {
    const inputs = {
      token: '',
      'app-id': world.github.app.appId,
      'private-key': world.github.app.privateKey,
      modes: 'fargate',
      size: 'large',
    };
    const { status, outputs, output, masked } = await bundle.run('main', world, { inputs }).ended;
    expect(status).toBe(0);
    const [runner] = world.github.runners;
    expect(outputs).toEqual({
      label: runner?.name,
      'task-arn': world.aws.tasks[0]?.taskArn,
      mode: 'fargate',
    });
    expect(output).toContain(`runs-on: [self-hosted, ${runner?.name}]`);
    // Its secrets are masked, and are nowhere else in what it says.
    expect(masked).toContain(runner?.jit);
    for (const secret of [runner?.jit ?? '', 'canary-aws', ...world.github.tokens])
      expect(output).not.toContain(secret);
    for (const line of world.github.app.privateKey.split('\n').filter((each) => /^\w/.test(each))) {
      expect(masked).toContain(line);
      expect(output).not.toContain(line);
    }
  });

  test.each([
    ['no environment', { environment: '' }, {}, /input environment is ""/],
    [
      'an environment that is a path',
      { environment: 'dev/../prod' },
      {},
      /input environment is "dev\/\.\.\/prod"/,
    ],
    [
      'a time that is none',
      { 'timeout-minutes': 'soon' },
      {},
      /timeout-minutes is "soon": use a number from 1 to 60/,
    ],
    ['a time that is too long', { 'timeout-minutes': '600' }, {}, /timeout-minutes is "600"/],
    [
      'no access to GitHub',
      { token: '' },
      {},
      /no access to GitHub.*app-id and private-key.*environment that the job does not name/,
    ],
    ['an App without its key', { token: '', 'app-id': '1' }, {}, /input private-key is empty/],
    ['a key that is none', { token: '', 'app-id': '1', 'private-key': 'canary' }, {}, /no key in PEM form/],
    ['an App and a token', { 'app-id': '1', 'private-key': 'x' }, {}, /remove one of them/],
    ['a classic token', { token: 'ghp_canary' }, {}, /classic/],
    ['no region', {}, { AWS_REGION: undefined }, /no AWS region: run aws-actions\/configure-aws-credentials/],
    ['no AWS credentials', {}, { AWS_ACCESS_KEY_ID: undefined }, /no AWS credentials.*id-token: write/],
    [
      'a rule that is not there',
      { rule: 'other' },
      {},
      /\/muster\/dev\/github\/other in eu-central-1.*ParameterNotFound.*make deploy ENV=dev/,
    ],
    ['a size that is not there', { size: 'huge' }, {}, /input size is "huge"; rule app has small, large/],
    [
      'a mode that is not there',
      { modes: 'fargate,lambda' },
      {},
      /input modes has lambda; rule app has fargate-spot, fargate, ec2/,
    ],
    [
      'a size without that mode',
      { size: 'large', modes: 'ec2' },
      {},
      /no task definition of size large for mode ec2/,
    ],
    [
      'another repository',
      {},
      { GITHUB_REPOSITORY: 'acme/other' },
      /is for acme\/app, and this is acme\/other/,
    ],
  ])('refuses %s, and makes nothing', async (_what, inputs, env, error) => {
    const { status, output, state } = await bundle.run('main', world, { inputs, env }).ended;
    expect(output).toMatch(error);
    expect(output).toMatch(/^::error title=Start a runner::/m);
    expect(output).not.toContain('canary');
    expect(status).toBe(1);
    expect([world.left(), state, world.github.calls]).toEqual([NOTHING, {}, []]);
  });

  test.each([
    ['are garbage', 'garbage', /holds no settings of this action/],
    ['are of another version', '{"version":2}', /has version 2, and this action knows 1/],
    ['have another shape', '{"version":1}', /has version 1 and other content/],
  ])('refuses settings that %s', async (_what, text, error) => {
    world.aws.parameters.set('/muster/dev/github/app', text);
    expect((await bundle.run('main', world).ended).output).toMatch(error);
  });

  test.each([
    ['AccessDeniedException', /role-to-assume/],
    ['ExpiredTokenException', /role-duration-seconds/],
  ])('says what to do when the settings may not be read (%s)', async (type, error) => {
    world.aws.instead = [times(9, 'GetParameter', (_call, response) => refuse(response, type))];
    expect((await bundle.run('main', world).ended).output).toMatch(error);
  });

  test('takes a repository in another case for the same, as GitHub does', async () => {
    world.aws.parameters.set('/muster/dev/github/app', serialize(settingsOf({ repository: 'Acme/App' })));
    expect((await bundle.run('main', world).ended).status).toBe(0);
  });

  test('ends at its deadline, and says how the task was', async () => {
    world.aws.onDescribe = (task) => {
      task.lastStatus = 'PENDING';
    };
    const { status, output, state } = await bundle.run('main', world, {
      inputs: { 'timeout-minutes': '0.05' },
    }).ended;
    expect(status).toBe(1);
    expect(output).toMatch(/No runner came online within 0\.05 minutes\. Its task was PENDING last/);
    await post(state, 'failure');
    expect(world.left()).toEqual(NOTHING);
  });

  test('ends at its deadline though AWS does not answer', async () => {
    world.aws.instead = [times(9, 'CreateSecret', () => true)];
    const { status, output, state } = await bundle.run('main', world, {
      inputs: { 'timeout-minutes': '0.05' },
    }).ended;
    expect(status).toBe(1);
    expect(output).toMatch(/AWS has not answered in time/);
    world.aws.instead = [];
    expect((await post(state, 'failure')).status).toBe(0);
    expect(world.left()).toEqual(NOTHING);
  });
});

describe('cancelled', () => {
  const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

  test.each(SIGNALS)('by %s while it waits: it ends at once, and post leaves nothing', async (signal) => {
    const main = bundle.run('main', world);
    world.aws.onDescribe = (task) => {
      task.lastStatus = 'PENDING';
      main.child.kill(signal);
    };
    const { status, output, state } = await main.ended;
    expect(status).toBe(1);
    expect(output).toContain(`The workflow was cancelled (${signal}). Its task was PENDING last`);
    expect((await post(state, 'cancelled')).status).toBe(0);
    expect(world.left()).toEqual(NOTHING);
  });

  test('while AWS does not answer RunTask, which it has done: post finds the task', async () => {
    const main = bundle.run('main', world);
    world.aws.instead = [
      ({ action, body }) => {
        if (action !== 'RunTask') return false;
        if (world.aws.tasks.length === 0)
          world.aws.tasks.push({
            taskArn: 'arn:aws:ecs:eu-central-1:123456789012:task/muster-dev/lost',
            startedBy: String(body.startedBy),
            lastStatus: 'PROVISIONING',
            desiredStatus: 'RUNNING',
            containers: [],
            clientToken: '',
          });
        main.child.kill('SIGINT');
        return true;
      },
    ];
    const { status, output, state } = await main.ended;
    expect(status).toBe(1);
    expect(output).toMatch(/cancelled \(SIGINT\).*AWS has not answered in time/);
    expect((await post(state, 'cancelled')).status).toBe(0);
    expect(world.left()).toEqual(NOTHING);
  });

  test('while GitHub does not answer: it ends at once', async () => {
    const main = bundle.run('main', world);
    world.github.instead = [
      githubTimes(9, 'generate-jitconfig', () => {
        main.child.kill('SIGINT');
        return true;
      }),
    ];
    const { status, output } = await main.ended;
    expect(status).toBe(1);
    expect(output).toMatch(/The workflow was cancelled \(SIGINT\)\..*given up/);
  });
});

describe('killed', () => {
  test.each(['mint', 'CreateSecret', 'RunTask', 'DescribeTasks'])(
    'during %s, which was done: post leaves nothing',
    async (step) => {
      const main = bundle.run('main', world);
      let killed = false;
      const kill = () => {
        killed = true;
        main.child.kill('SIGKILL');
      };
      // What it has asked for is done, and the answer comes to nobody.
      if (step === 'mint') world.github.onMint = kill;
      world.aws.instead = [
        ({ action }) => {
          if (action === step && !killed) kill();
          return false;
        },
      ];
      const { signal, state } = await main.ended;
      expect(signal).toBe('SIGKILL');
      world.aws.onDescribe = () => {};
      expect(await post(state, 'failure')).toMatchObject({ status: 0 });
      expect(world.left()).toEqual(NOTHING);
    },
  );
});

describe('post', () => {
  test('leaves a runner to its job when all went well', async () => {
    const state = await started();
    const { status, output } = await post(state, 'success');
    expect(status).toBe(0);
    expect(output).toMatch(/waits for its job/);
    expect(world.left()).toEqual({ runners: 1, secrets: 0, tasks: 1 });
  });

  test('leaves a runner to its job when nobody says how the job has ended', async () => {
    await post(await started(), '');
    expect(world.left()).toMatchObject({ runners: 1 });
  });

  test.each(['failure', 'cancelled', 'Failure'])('removes a runner whose job ended with %s', async (how) => {
    const { status } = await post(await started(), how);
    expect(status).toBe(0);
    expect(world.left()).toEqual(NOTHING);
  });

  test('asks GitHub first, stops the task then, and deletes the secret last', async () => {
    const state = await started();
    const order: string[] = [];
    world.github.instead = [
      ({ method }) => {
        order.push(method);
        return false;
      },
    ];
    world.aws.instead = [
      ({ action }) => {
        order.push(action);
        return false;
      },
    ];
    await post(state, 'failure');
    expect(order).toEqual(['DELETE', 'StopTask', 'DeleteSecret']);
  });

  test('leaves a runner that has a job, and its task', async () => {
    const state = await started();
    for (const runner of world.github.runners) runner.busy = true;
    const ended = await post(state, 'cancelled');
    expect(ended).toMatchObject({ status: 0, output: expect.stringMatching(/has a job and stays/) });
    expect(world.left()).toMatchObject({ tasks: 1 });
  });

  test('a second time finds nothing to do', async () => {
    const state = await started();
    await post(state, 'failure');
    expect((await post(state, 'failure')).status).toBe(0);
  });

  test('has nothing to do after a main that began nothing', async () => {
    const { status, output } = await post({}, 'failure');
    expect([status, output]).toEqual([0, expect.stringMatching(/nothing to remove/)]);
  });

  test('removes what main left of a mode that had no capacity, and keeps the runner that came online', async () => {
    world.aws.instead = [
      times(1, 'RunTask', (_call, response) =>
        json(response, 200, { tasks: [], failures: [{ reason: 'RESOURCE:CPU' }] }),
      ),
      times(99, 'DeleteSecret', (_call, response) => refuse(response, 'AccessDeniedException')),
    ];
    const state = await started();
    expect(world.left()).toMatchObject({ secrets: 1 });
    world.aws.instead = [];
    expect((await post(state, 'success')).status).toBe(0);
    expect(world.left()).toEqual({ runners: 1, secrets: 0, tasks: 1 });
  });

  test.each([401, 403])('does not stop a task without GitHub: %d', async (answer) => {
    const state = await started();
    world.github.instead = [
      githubTimes(9, '/repos', (_call, response) => reply(response, answer, { message: 'No.' })),
    ];
    const { status, output } = await post(state, 'failure');
    expect(status).toBe(1);
    expect(output).toMatch(
      /the housekeeper of the environment will do it\. GitHub: DELETE .* was answered with/,
    );
    expect(world.left()).toEqual({ runners: 1, secrets: 0, tasks: 1 });
  });

  test('does not take a repository that it may not see for one without the runner', async () => {
    const state = await started();
    world.github.repository = 'acme/other';
    expect((await post(state, 'failure')).status).toBe(1);
    expect(world.left()).toMatchObject({ tasks: 1 });
  });

  test('removes the registration though there are no AWS credentials', async () => {
    const { status, output } = await post(await started(), 'failure', { AWS_ACCESS_KEY_ID: undefined });
    expect(status).toBe(1);
    expect(output).toMatch(/no AWS credentials/);
    expect(world.left()).toMatchObject({ runners: 0 });
  });

  test('goes on when one thing cannot be removed, and says which', async () => {
    const state = await started();
    world.aws.secrets.set(JSON.parse(state.attempts ?? '[]')[0].secret, 'kept');
    world.aws.instead = [
      times(9, 'StopTask', (_call, response) => refuse(response, 'AccessDeniedException')),
    ];
    const { status, output } = await post(state, 'failure');
    expect(status).toBe(1);
    expect(output).toMatch(/stopping task arn:.*AccessDenied/);
    expect(world.left()).toEqual({ runners: 0, secrets: 0, tasks: 1 });
  });
});
