/** What an operator types, as processes against the local AWS: images, promote, rollback, housekeeping. */
import type { ImageClients } from '../../../scripts/image/clients';
import { readParameter } from '../../../scripts/promote-image';
import { type LocalAws, startLocalAws } from '../../local/start-local-aws';
import { bakeAmi } from '../bake-ami';
import { writeConfigDirectory } from '../config-directory';
import { runScript } from '../run-script';
import { createImageClientsFor } from './image-clients';

let aws: LocalAws;
let clients: ImageClients;
const amis: string[] = [];
beforeAll(async () => {
  aws = await startLocalAws();
  clients = createImageClientsFor(aws);
  const ec2 = clients.ec2('eu-central-1');
  for (const night of [1, 2, 3, 4]) amis.push(await bakeAmi(ec2, { version: `2026110${night}-030000` }));
});
afterAll(() => aws?.stop());

const run = (script: string, variables: Record<string, string> = {}) =>
  runScript(script, {
    aws,
    variables: {
      MUSTER_CONFIG_DIR: writeConfigDirectory((raw) => {
        raw.images.runner.keep = 2;
      }),
      ...variables,
    },
  });
const readPromoted = () => readParameter(clients.ssm, '/muster/dev/image/runner');

test('nothing to go back to is said, with what is there', async () => {
  const { status, output } = await run('rollback');
  expect({ status, output }).toMatchObject({
    status: 1,
    output: expect.stringContaining('VERSION=20261104-030000'),
  });
  expect(output).not.toMatch(/\n\s+at /);
});

test('a version is promoted, the one before comes back, and the history says so', async () => {
  await run('promote', { VERSION: '20261101-030000' });
  const { output } = await run('promote', { VERSION: '20261102-030000' });
  expect(output).toContain(`was ${amis[0]}`);
  expect(await readPromoted()).toBe(amis[1]);

  const back = await run('rollback');
  expect(back).toMatchObject({
    status: 0,
    output: expect.stringContaining(`from ${amis[1]} back to ${amis[0]}`),
  });
  expect(await readPromoted()).toBe(amis[0]);

  const images = await run('images');
  expect(images.output).toMatch(new RegExp(`20261101-030000 +${amis[0]} .*abc123 .*promoted`));
  expect(images.output).toMatch(new RegExp(`20261102-030000 +${amis[1]} .*promoted-before`));
});

test('a version that is not there is refused, and nothing changes', async () => {
  const before = await readPromoted();
  const { status, output } = await run('promote', { VERSION: '20261231-030000' });
  expect({ status, output }).toMatchObject({
    status: 1,
    output: expect.stringContaining('VERSION=20261103-030000'),
  });
  expect(await readPromoted()).toBe(before);
});

test('housekeeping only says what it would do, and needs the name of the environment to do it', async () => {
  const dry = await run('housekeeping');
  expect(dry).toMatchObject({ status: 0, output: expect.stringContaining('APPROVE=dev') });
  const wrong = await run('housekeeping', { APPROVE: 'prd' });
  expect(wrong).toMatchObject({ status: 1, output: expect.stringContaining('APPROVE=dev') });
});
