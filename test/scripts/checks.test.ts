import type { Image } from '@aws-sdk/client-ec2';
import { verifyApproval } from '../../scripts/approval';
import { runChecks } from '../../scripts/checks/run-checks';
import { toProblems } from '../../scripts/checks/verify-ami';
import { chooseSecret } from '../../scripts/choose-secret';
import { ExpectedError } from '../../scripts/expected-error';
import { chooseImage } from '../../scripts/read-environment';
import { toReport } from '../../scripts/run-script';
import { verifyToken } from '../../scripts/verify-token';
import { BOOT_CONTRACT } from '../../stacks/boot-environment';
import { makeConfig, serveGitlab } from './config';
import { addGithub } from './runner-image/github-environment';

const pass = { title: 'sound', verify: async () => 'yes' };
const fail = (title: string) => ({
  title,
  verify: async () => {
    throw new ExpectedError(`remedy of ${title}`);
  },
});

describe('checks', () => {
  test('all run, and all that is wrong is told before anything is refused', async () => {
    const lines: string[] = [];
    const run = runChecks([fail('first'), pass, fail('last')], (line) => lines.push(line));
    await expect(run).rejects.toThrow(/2 of 3/);
    expect(lines.join('\n')).toMatch(/remedy of first.*sound.*remedy of last/s);
  });

  test('nothing is refused when all pass', async () => {
    await expect(runChecks([pass], () => {})).resolves.toBeUndefined();
  });
});

describe('errors', () => {
  test('expected failures show no stack trace', () => {
    expect(toReport(new ExpectedError('do this'))).toBe('do this');
  });

  test('answers of AWS show their code and no stack trace', () => {
    const error = Object.assign(new Error('not you'), { name: 'AccessDenied', $metadata: {} });
    expect(toReport(error)).toMatch(/AccessDenied.*not you$/);
  });

  test('defects show where they are', () => {
    expect(toReport(new TypeError('oops'))).toMatch(/checks\.test/);
  });
});

describe('an AMI for an image', () => {
  const tags = (changes: Record<string, string> = {}) =>
    Object.entries({
      'muster:environment': 'dev',
      'muster:image': 'runner',
      'muster:contract': String(BOOT_CONTRACT),
      'muster:agents': 'circleci',
      ...changes,
    }).map(([Key, Value]) => ({ Key, Value }));
  const perfect: Image = { State: 'available', Architecture: 'x86_64', Tags: tags() };
  const problemsOf = (ami: Image | undefined) => toProblems(ami, makeConfig(), 'runner');

  test('will do when all fits', () => expect(problemsOf(perfect)).toEqual([]));
  test.each<[string, Image | undefined, RegExp]>([
    ['does not exist', undefined, /does not exist/],
    ['is not available', { ...perfect, State: 'pending' }, /pending/],
    ['is of another architecture', { ...perfect, Architecture: 'arm64' }, /arm64/],
    ['is another image', { ...perfect, Tags: tags({ 'muster:image': 'other' }) }, /other/],
    [
      "is another environment's",
      { ...perfect, Tags: tags({ 'muster:environment': 'prd' }) },
      /environment is prd, wanted dev/,
    ],
    ['speaks another contract', { ...perfect, Tags: tags({ 'muster:contract': '1' }) }, /contract is 1/],
    ['lacks the agent', { ...perfect, Tags: tags({ 'muster:agents': 'gitlab' }) }, /no agent circleci/],
    ['has no tags', { ...perfect, Tags: [] }, /missing/],
  ])('that %s is refused', (_case, ami, problem) => {
    expect(problemsOf(ami).join('\n')).toMatch(problem);
  });
});

describe('approval', () => {
  const question = { what: 'All goes.', environment: 'dev', given: undefined };

  test('is given by naming the environment', async () => {
    await expect(verifyApproval({ ...question, given: 'dev' })).resolves.toBeUndefined();
    await expect(verifyApproval({ ...question, ask: async () => 'dev' })).resolves.toBeUndefined();
  });

  test.each([
    ['another environment', { ...question, given: 'prd' }],
    ['no terminal', question],
    ['another answer', { ...question, ask: async () => 'yes' }],
  ])('is not given by %s', async (_case, asked) => {
    await expect(verifyApproval(asked)).rejects.toThrow(ExpectedError);
  });
});

describe('the token of a GitLab fleet', () => {
  const token = (...parts: string[]) => parts.join('');
  const verify = (text: string) => verifyToken({ kind: 'glrt' }, text);

  test('is a runner authentication token', () => {
    expect(() => verify(token('glrt', '-of-a-test'))).not.toThrow();
    expect(() => verify(token('glrt', '-t1_of-a-test'))).not.toThrow();
  });

  test.each([
    ['a legacy registration token', token('GR134', '8941of-a-test'), /legacy registration token/],
    ['an access token', token('glp', 'at-of-a-test'), /\(glpat-…\)/],
    ['anything else', 'of-a-test', /glrt-/],
  ])('is not %s: it is refused with the remedy, and not shown', (_what, wrong, why) => {
    expect(() => verify(wrong)).toThrow(why);
    expect(() => verify(wrong)).toThrow(/New runner/);
    expect(() => verify(wrong)).not.toThrow(/of-a-test/);
  });

  test('is not asked of another CI', () => {
    expect(() => verifyToken({ kind: 'other' }, 'of-a-test')).not.toThrow();
  });
});

describe('choosing', () => {
  test('a secret belongs to a fleet or to an account, never to both', () => {
    const choose = (fleet?: string, account?: string) =>
      chooseSecret(makeConfig(), { fleet, account, webhook: undefined });
    expect(choose('linux').name).toBe('muster/dev/fleet/linux/runner-token');
    expect(choose(undefined, 'main').name).toBe('muster/dev/ci/main/api-token');
    for (const wrong of [[], ['linux', 'main'], ['windows'], [undefined, 'other']]) {
      expect(() => choose(...wrong)).toThrow(/FLEET=linux, ACCOUNT=main/);
    }
  });

  test('what belongs into the secret of a fleet is told, and how it begins', () => {
    const gitlab = makeConfig(serveGitlab);
    const choice = { fleet: 'linux', account: undefined, webhook: undefined };
    expect(chooseSecret(gitlab, choice)).toMatchObject({
      kind: 'glrt',
      what: expect.stringContaining('runner 7'),
    });
    expect(chooseSecret(makeConfig(), choice)).toMatchObject({
      kind: 'other',
      what: expect.stringContaining('acme/linux'),
    });
  });

  test('an account of GitHub takes what its client takes', () => {
    const github = makeConfig((raw) => {
      raw.accounts.hub = { ci: 'github' };
    });
    expect(chooseSecret(github, { fleet: undefined, account: 'hub', webhook: undefined })).toMatchObject({
      kind: 'github',
      what: expect.stringMatching(/fine-grained.*App/i),
    });
  });

  test('a webhook has a secret only where it is wanted', () => {
    const choice = { fleet: undefined, account: undefined, webhook: 'lab' };
    expect(chooseSecret(makeConfig(serveGitlab), choice).name).toBe('muster/dev/ci/lab/webhook-secret');
    const without = makeConfig((raw) => {
      serveGitlab(raw);
      raw.accounts.lab.webhook = false;
    });
    expect(() => chooseSecret(without, choice)).toThrow(/ACCOUNT=lab/);
  });

  test('an image need not be named when there is one', () => {
    expect(chooseImage(makeConfig(), undefined)).toBe('runner');
    expect(() => chooseImage(makeConfig(), 'other')).toThrow(/IMAGE=runner/);
  });

  test('where there is no image of a machine, the container image of GitHub runners is the one there is', () => {
    const github = makeConfig((raw) => {
      addGithub(raw);
      raw.images = {};
    });
    expect(() => chooseImage(github, undefined)).toThrow(/no image of a machine.*make runner-image ENV=dev/);
  });
});
