/** What deploy, destroy and ami refuse before they change anything, and a bake with a stand-in for Packer. */
import { EC2Client, RegisterImageCommand } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readParameter } from '../../scripts/promote-image';
import { type LocalAws, startLocalAws } from '../local/start-local-aws';
import { bakeAmi } from './bake-ami';
import { writeConfigDirectory } from './config-directory';
import { leaveManifest, makePacker } from './fake-packer';
import { runScript } from './run-script';
import { writeTemporaryFile } from './temporary-file';

let aws: LocalAws;
beforeAll(async () => {
  aws = await startLocalAws();
});
afterAll(() => aws?.stop());

test('a deploy tells everything that is missing at once, and changes nothing', async () => {
  const MUSTER_CONFIG_DIR = writeConfigDirectory();
  const { next } = await aws.local<{ next: number }>('GET', 'calls?since=0');
  const { status, output } = await runScript('deploy', { aws, variables: { MUSTER_CONFIG_DIR } });
  expect(status).toBe(1);
  expect(output).toMatch(/make ami ENV=dev IMAGE=runner/);
  expect(output).toMatch(/APPROVE=dev/);
  expect(output).not.toMatch(/\n\s+at /);
  const { calls } = await aws.local<{ calls: { operation: string }[] }>('GET', `calls?since=${next}`);
  expect(calls.map((call) => call.operation).filter((name) => !/^(Get|Describe|List)/.test(name))).toEqual(
    [],
  );
});

test('credentials of another account are refused', async () => {
  const MUSTER_CONFIG_DIR = writeConfigDirectory((raw) => {
    raw.aws.accountId = '999999999999';
  });
  const { status, output } = await runScript('destroy', {
    aws,
    variables: { MUSTER_CONFIG_DIR, APPROVE: 'dev' },
  });
  expect({ status, output }).toMatchObject({ status: 1, output: expect.stringContaining('999999999999') });
});

test('a destroy needs approval', async () => {
  const variables = { MUSTER_CONFIG_DIR: writeConfigDirectory() };
  const { status, output } = await runScript('destroy', { aws, variables });
  expect({ status, output }).toMatchObject({ status: 1, output: expect.stringContaining('APPROVE=dev') });
});

describe('make ami', () => {
  const pins = 'CIRCLECI_RUNNER_SHA256_amd64=0000\n';

  const run = (directory: string) =>
    runScript('ami', {
      aws,
      variables: {
        PATH: `${directory}:${process.env.PATH}`,
        PINS: writeTemporaryFile(pins),
        MUSTER_CONFIG_DIR: writeConfigDirectory((raw) => {
          raw.images.runner.base = { owner: 'self', name: 'base-{arch}-*' };
        }),
      },
    });

  const readPromoted = () => readParameter(new SSMClient(aws.client), '/muster/dev/image/runner');

  beforeAll(() =>
    new EC2Client(aws.client).send(
      new RegisterImageCommand({ Name: 'base-amd64-1', Architecture: 'x86_64' }),
    ),
  );

  test('a failed bake promotes nothing', async () => {
    const { status, output } = await run(makePacker('echo provisioner failed; exit 1'));
    expect({ status, output }).toMatchObject({
      status: 1,
      output: expect.stringContaining('provisioner failed'),
    });
    expect(await readPromoted()).toBeUndefined();
  });

  test('what Packer baked is promoted', async () => {
    const amiId = await bakeAmi(new EC2Client(aws.client), { version: '20261121-030000' });
    const { status, output } = await run(makePacker(leaveManifest(amiId)));
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining(amiId) });
    expect(await readPromoted()).toBe(amiId);
  });
});
