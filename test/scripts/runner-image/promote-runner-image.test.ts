/** Promotions and deploys that overlap, on the local AWS. */
import { CreateRepositoryCommand, DeleteRepositoryCommand, PutImageCommand } from '@aws-sdk/client-ecr';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { verifyRunnerImage } from '../../../scripts/checks/verify-runner-image';
import { readParameter } from '../../../scripts/promote-image';
import type { RunnerImageClients } from '../../../scripts/runner-image/clients';
import { followRunnerImage } from '../../../scripts/runner-image/follow-runner-image';
import { promoteRunnerImage } from '../../../scripts/runner-image/promote-runner-image';
import {
  deregisterAll,
  deregisterForgotten,
  tidyRevisions,
} from '../../../scripts/runner-image/tidy-revisions';
import { type LocalAws, startLocalAws } from '../../local/start-local-aws';
import { makeConfig } from '../config';
import { withFault } from '../with-fault';
import {
  addGithub,
  createClientsFor,
  deployFamily,
  deployRepository,
  FARGATE,
  HOSTED,
  listRevisions,
  PARAMETER,
  readFamily,
  removeGithub,
} from './github-environment';

let aws: LocalAws;
let clients: RunnerImageClients;
let repository: string;
beforeAll(async () => {
  aws = await startLocalAws();
  clients = createClientsFor(aws);
});
afterAll(() => aws?.stop());
beforeEach(async () => {
  repository = await deployRepository(clients);
  await deployFamily(clients, FARGATE, `${repository}:none`);
  await deployFamily(clients, HOSTED, `${repository}:none`);
});
afterEach(() => removeGithub(clients));

const config = makeConfig(addGithub);
const digestOf = (character: string) => `sha256:${character.repeat(64)}`;
const [A, B] = [digestOf('a'), digestOf('b')];

const promote = (digest: string, print: (line: string) => void = () => {}) =>
  promoteRunnerImage(clients, { config, repository, digest, print });
const write = (Value: string) =>
  clients.ssm.send(new PutParameterCommand({ Name: PARAMETER, Value, Type: 'String', Overwrite: true }));
const readImages = async () => [
  (await readFamily(clients, FARGATE)).image,
  (await readFamily(clients, HOSTED)).image,
];
/** @returns its digest; another configuration makes another image */
async function putImage(configuration = A, imageTag = '2.338.0-20261121-031502-abc'): Promise<string> {
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    ...{ config: { digest: configuration }, layers: [] },
  });
  const { image } = await clients.ecr.send(
    new PutImageCommand({ repositoryName: 'muster-dev/github-runner', imageManifest, imageTag }),
  );
  return image?.imageId?.imageDigest ?? '';
}
const both = (digest: string) => [`${repository}@${digest}`, `${repository}@${digest}`];

test('twice is once: the second writes nothing', async () => {
  await promote(A);
  const before = await listRevisions(clients);
  await promote(A);
  expect(await listRevisions(clients)).toEqual(before);
});

test('two at once end alike: the task definitions have what the parameter says', async () => {
  await Promise.all([promote(A), promote(B)]);
  const promoted = (await readParameter(clients.ssm, PARAMETER)) ?? '';
  expect([A, B]).toContain(promoted);
  expect(await readImages()).toEqual(both(promoted));
});

test('one that is overtaken follows who overtook it', async () => {
  const lines: string[] = [];
  let overtaking: Promise<unknown> | undefined;
  await promote(A, (line) => {
    lines.push(line);
    // Between its parameter and its first task definition; the other one ends half-way.
    overtaking ??= write(B);
  });
  await overtaking;
  expect(await readImages()).toEqual(both(B));
  expect(lines.join('\n')).toContain(`another promotion wrote ${B}`);
});

describe('revisions that nothing starts from any more', () => {
  const latestOf = async (family: string) =>
    (await readFamily(clients, family)).taskDefinition?.taskDefinitionArn;

  test('go, and the newest of each family stays, whoever registered it', async () => {
    await promote(A);
    await deployFamily(clients, FARGATE, `${repository}@${B}`);
    expect(await tidyRevisions(clients.ecs, config)).toBe(3);
    expect(await listRevisions(clients, FARGATE)).toEqual([await latestOf(FARGATE)]);
    expect(await listRevisions(clients, HOSTED)).toEqual([await latestOf(HOSTED)]);
    expect(await tidyRevisions(clients.ecs, config)).toBe(0);
  });

  test('go altogether with their rule', async () => {
    const gone = FARGATE.replace('app', 'gone');
    await deployFamily(clients, gone, `${repository}@${A}`);
    await tidyRevisions(clients.ecs, config);
    expect(await listRevisions(clients, gone)).toEqual([]);
  });

  test('of an environment whose name begins alike are its own business', async () => {
    const other = FARGATE.replace('muster-dev-', 'muster-dev-eu-');
    await deployFamily(clients, other, `${repository}@${A}`, 'dev-eu');
    await deployFamily(clients, other, `${repository}@${B}`, 'dev-eu');
    await tidyRevisions(clients.ecs, config);
    await deregisterAll(clients.ecs, 'dev');
    expect(await listRevisions(clients, other)).toHaveLength(2);
  });

  test('are all of them after a destroy', async () => {
    await promote(A);
    expect(await deregisterAll(clients.ecs, 'dev')).toBe(4);
    expect(await listRevisions(clients)).toEqual([]);
  });

  test('are all of them without runners of GitHub, unless who deploys may not look', async () => {
    const refused = { service: 'ecs', operation: 'ListTaskDefinitionFamilies' };
    await withFault(aws, { ...refused, code: 'AccessDeniedException' }, () =>
      deregisterForgotten(clients.ecs, 'dev'),
    );
    expect(await listRevisions(clients)).toHaveLength(2);
    await deregisterForgotten(clients.ecs, 'dev');
    expect(await listRevisions(clients)).toEqual([]);
    const failed = withFault(aws, { ...refused, code: 'InvalidParameterException' }, () =>
      deregisterForgotten(clients.ecs, 'dev'),
    );
    await expect(failed).rejects.toThrow('not you');
  });
});

test('a family that is not deployed yet is no failure', async () => {
  const two = makeConfig((raw) => {
    addGithub(raw);
    raw.githubEcs.sizes.large = { cpu: 4096, memoryMb: 8192 };
    raw.githubEcs.repositories[0].sizes.push('large');
  });
  const lines: string[] = [];
  await promoteRunnerImage(clients, {
    ...{ config: two, repository, digest: A },
    print: (line) => lines.push(line),
  });
  expect(lines.filter((line) => line.includes('not deployed yet'))).toHaveLength(2);
  expect(await readImages()).toEqual(both(A));
});

test('without its parameter nothing is promoted: the deploy, which makes it, did not come so far', async () => {
  await removeGithub(clients);
  await expect(promote(A)).rejects.toThrow(/make deploy ENV=dev/);
  expect(await readParameter(clients.ssm, PARAMETER)).toBeUndefined();
});

describe('after a deploy', () => {
  const follow = () => followRunnerImage(clients, config, () => {});

  test('that had read the parameter before a promotion, its task definitions follow', async () => {
    const [before, after] = [await putImage(A, 'one'), await putImage(B, 'other')];
    await promote(before);
    await promote(after);
    await deployFamily(clients, FARGATE, `${repository}@${before}`);
    expect(await follow()).toBeUndefined();
    expect(await readImages()).toEqual(both(after));
    expect(await listRevisions(clients)).toHaveLength(2);
  });

  test('that made the repository anew, the command that is missing is named, and no dead image registered', async () => {
    const digest = await putImage();
    await promote(digest);
    // As Terraform does when the key of the repository changes.
    const repositoryName = 'muster-dev/github-runner';
    await clients.ecr.send(new DeleteRepositoryCommand({ repositoryName, force: true }));
    await clients.ecr.send(new CreateRepositoryCommand({ repositoryName, imageTagMutability: 'IMMUTABLE' }));
    await deployFamily(clients, FARGATE, `${repository}:deployed`);
    const lines: string[] = [];
    expect(await followRunnerImage(clients, config, (line) => lines.push(line))).toBe(
      'make runner-image ENV=dev',
    );
    expect(lines.join('\n')).toMatch(new RegExp(`${digest} is promoted, but not in the repository`));
    expect((await readFamily(clients, FARGATE)).image).toBe(`${repository}:deployed`);
    expect(await readParameter(clients.ssm, PARAMETER)).toBe(digest);
  });

  test('the first, the command that is missing is named, and no task definition touched', async () => {
    const before = await listRevisions(clients);
    expect(await follow()).toBe('make runner-image ENV=dev');
    expect(await listRevisions(clients)).toEqual(before);
  });
});

describe('the check of a deploy', () => {
  const DAY = 24 * 3600_000;
  const verify = (days = 0) => verifyRunnerImage(clients, config, Date.now() + days * DAY);

  test('lets the first one go on, which makes the place that the image goes to', async () => {
    await expect(verify()).resolves.toContain('make runner-image ENV=dev');
    await removeGithub(clients);
    await expect(verify()).resolves.toContain('make runner-image ENV=dev');
  });

  test('names the image and its age, and says when GitHub may refuse it', async () => {
    await promote(await putImage());
    await expect(verify(24)).resolves.toMatch(/^2\.338\.0-20261121-031502-abc, 24 days old$/);
    await expect(verify(25.5)).resolves.toMatch(/25 days old: GitHub refuses.*make bump ONLY=ACTIONS_RUNNER/);
  });

  test('refuses an image that is gone: no runner could start', async () => {
    await promote(A);
    await expect(verify()).rejects.toThrow(/not in the repository.*make runner-image/);
  });
});
