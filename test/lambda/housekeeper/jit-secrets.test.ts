import {
  DeleteSecretCommand,
  ListSecretsCommand,
  type SecretListEntry,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { sweepJitSecrets } from '../../../lambda/housekeeper/runners/jit-secrets';

const NOW = Date.parse('2026-11-21T05:00:00Z');
const HOUR = 60 * 60_000;
const PREFIX = 'muster/dev/github/api/jit/';
const nameOf = (nth: number) => `${PREFIX}${nth.toString(16).padStart(32, '0')}`;
const entryOf = (nth: number, ageMs: number): SecretListEntry => ({
  Name: nameOf(nth),
  CreatedDate: new Date(NOW - ageMs),
});
const aws = mockClient(SecretsManagerClient);
beforeEach(() => {
  aws.reset();
  aws.on(DeleteSecretCommand).resolves({});
});
const sweep = (prefixes = [PREFIX]) =>
  sweepJitSecrets(
    { secrets: new SecretsManagerClient({ region: 'eu-central-1' }), now: () => NOW },
    prefixes,
  );
const deleted = () => aws.commandCalls(DeleteSecretCommand).map(({ args }) => args[0].input);

test('one that nobody fetched for an hour is deleted for good, a younger one stays', async () => {
  aws.on(ListSecretsCommand).resolves({ SecretList: [entryOf(1, HOUR), entryOf(2, HOUR - 1)] });
  expect(await sweep()).toEqual({ done: [nameOf(1)], failures: [] });
  expect(deleted()).toEqual([{ SecretId: nameOf(1), ForceDeleteWithoutRecovery: true }]);
  expect(aws.commandCalls(ListSecretsCommand)[0]?.args[0].input).toMatchObject({
    Filters: [{ Key: 'name', Values: [PREFIX] }],
  });
});

test.each([
  'muster/dev/ci/hub/api-token',
  `${PREFIX}notes`,
  `${PREFIX}${'0'.repeat(33)}`,
  `muster/prd/github/api/jit/${'0'.repeat(32)}`,
])('another secret, %s, stays however old', async (Name) => {
  aws.on(ListSecretsCommand).resolves({ SecretList: [{ Name, CreatedDate: new Date(0) }] });
  expect(await sweep()).toEqual({ done: [], failures: [] });
});

test('one of unknown age stays', async () => {
  aws.on(ListSecretsCommand).resolves({ SecretList: [{ Name: nameOf(1) }] });
  expect((await sweep()).done).toEqual([]);
});

test('every page is read, for ten rules at a time', async () => {
  aws
    .on(ListSecretsCommand)
    .callsFake(({ NextToken }) =>
      NextToken ? { SecretList: [entryOf(2, HOUR)] } : { SecretList: [entryOf(1, HOUR)], NextToken: 'more' },
    );
  expect((await sweep()).done).toEqual([nameOf(1), nameOf(2)]);
  aws.resetHistory();
  await sweep(Array.from({ length: 11 }, (_, nth) => `muster/dev/github/rule${nth}/jit/`));
  const asked = aws
    .commandCalls(ListSecretsCommand)
    .map(({ args }) => args[0].input.Filters?.[0]?.Values?.length);
  expect(asked).toEqual([10, 10, 1, 1]);
});

test('one that is gone already is no failure; one that AWS does not delete is told, and the others are done', async () => {
  aws.on(ListSecretsCommand).resolves({ SecretList: [1, 2, 3].map((nth) => entryOf(nth, HOUR)) });
  aws.on(DeleteSecretCommand).callsFake(({ SecretId }) => {
    if (SecretId === nameOf(1)) throw Object.assign(new Error('gone'), { name: 'ResourceNotFoundException' });
    if (SecretId === nameOf(2)) throw new Error('not now');
    return {};
  });
  const { done, failures } = await sweep();
  expect(done).toEqual([nameOf(1), nameOf(3)]);
  expect(failures).toEqual([expect.stringMatching(new RegExp(`${nameOf(2)}.*not now`))]);
});

test('a list that AWS refuses is told', async () => {
  aws.on(ListSecretsCommand).rejects(new Error('throttled'));
  expect(await sweep()).toEqual({ done: [], failures: [expect.stringContaining('throttled')] });
});

test('no more than a hundred go in one run', async () => {
  aws.on(ListSecretsCommand).resolves({
    SecretList: Array.from({ length: 120 }, (_, nth) => entryOf(nth, HOUR)),
  });
  expect((await sweep()).done).toHaveLength(100);
});
