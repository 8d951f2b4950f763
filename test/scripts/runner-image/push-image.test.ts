/** A push that ends badly in each of its ways, with a stand-in for Docker and the ECR of the local AWS. */
import { ExpectedError } from '../../../scripts/expected-error';
import type { RunnerImageClients } from '../../../scripts/runner-image/clients';
import { pushImage } from '../../../scripts/runner-image/push-image';
import { type LocalAws, startLocalAws } from '../../local/start-local-aws';
import { type Builder, makeBuilder, STORE } from './fake-builder';
import { createClientsFor, deployRepository, removeGithub } from './github-environment';

let aws: LocalAws;
let clients: RunnerImageClients;
beforeAll(async () => {
  aws = await startLocalAws();
  clients = createClientsFor(aws);
});
afterAll(() => aws?.stop());
afterEach(() => removeGithub(clients));

const PATH = process.env.PATH;
afterEach(() => {
  process.env.PATH = PATH;
});

const TAG = '2.338.0-20261121-031502-0123456789ab';

/** @returns what the push answered or threw, how often it was tried, and what it said */
async function push(push: string, deviate: { program?: 'docker' | 'podman'; stopped?: AbortSignal } = {}) {
  const repository = await deployRepository(clients);
  const { program = 'docker', stopped = new AbortController().signal } = deviate;
  const builder = makeBuilder({ program, push });
  process.env.PATH = `${builder.directory}:${PATH}`;
  process.env.AWS_ENDPOINT_URL = aws.url;
  let now = 0;
  const lines: string[] = [];
  const pace = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
    print: (line: string) => lines.push(line),
  };
  const tool = { program, version: '1', architecture: 'x86_64' as const };
  const result = await pushImage(
    clients.ecr,
    { environment: 'dev', repository, tag: TAG, tool, stopped },
    pace,
  ).catch((error: Error) => error);
  delete process.env.AWS_ENDPOINT_URL;
  return { result, builder, tries: tries(builder), lines };
}
const tries = (builder: Builder) => builder.calls().filter(({ words }) => words[0] === 'push').length;
const countTries = 'echo x >>"$(dirname "$0")/tries"; tried=$(wc -l <"$(dirname "$0")/tries")';

test('the digest is what ECR says', async () => {
  const { result, tries } = await push(STORE);
  expect(result).toMatchObject({ tag: TAG, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
  expect(tries).toBe(1);
});

test('one that breaks off half-way is tried again', async () => {
  const { result, tries, lines } = await push(`${countTries}; ((tried == 2)) || exit 1; ${STORE}`);
  expect(result).toMatchObject({ tag: TAG });
  expect([tries, lines.join()]).toEqual([2, expect.stringContaining('again in 10 s')]);
});

test('one that never comes through says that nothing uses what has arrived', async () => {
  const { result, tries } = await push('exit 1');
  expect(result).toBeInstanceOf(ExpectedError);
  expect((result as Error).message).toMatch(/3 times.*Nothing was promoted/);
  expect(tries).toBe(3);
});

test('one whose answer was lost is not repeated: ECR would refuse the tag', async () => {
  const { result, tries } = await push(`${STORE}; exit 1`);
  expect(result).toMatchObject({ tag: TAG });
  expect(tries).toBe(1);
});

test('one that ECR does not show in the end names the command that promotes it once it does', async () => {
  const { result } = await push('true');
  expect(result).toBeInstanceOf(ExpectedError);
  expect((result as Error).message).toContain(`make runner-image ENV=dev VERSION=${TAG}`);
});

test('one that is stopped is not tried again', async () => {
  const stopped = new AbortController();
  stopped.abort('SIGTERM');
  const { result, tries } = await push('exit 1', { stopped: stopped.signal });
  expect(result).toMatchObject({ message: expect.stringContaining('Stopped by SIGTERM') });
  expect(tries).toBe(1);
});

test('Podman is told that the registry is without TLS, by its own word, and only there', async () => {
  const { builder } = await push(STORE, { program: 'podman' });
  const withWord = builder.calls().filter(({ words }) => words.includes('--tls-verify=false'));
  expect(withWord.map(({ words }) => words[0])).toEqual(['login', 'push']);
});

test('the image leaves this machine again', async () => {
  const { builder } = await push(STORE);
  expect(builder.calls().at(-1)?.words).toEqual(['image', 'rm', expect.stringContaining(TAG)]);
});
