import { ExpectedError } from '../../../scripts/expected-error';
import { IncompletePromotion } from '../../../scripts/image/incomplete-promotion';
import { renewAll } from '../../../scripts/image/renew-all';
import { chooseImages } from '../../../scripts/read-environment';
import { makeConfig } from '../config';
import { addGithub } from '../runner-image/github-environment';

async function run(
  images: string[],
  renew: (image: string) => Promise<string>,
  stopped = new AbortController(),
) {
  const lines: string[] = [];
  const rounds = renewAll({ images, renew, stopped: stopped.signal, print: (line) => lines.push(line) });
  return {
    error: await rounds.then(
      () => undefined,
      (error: Error) => error.message,
    ),
    text: lines.join('\n'),
  };
}

test('all that are renewed are named with what is promoted now', async () => {
  const { error, text } = await run(['a', 'b'], async (image) => `ami-${image}`);
  expect(error).toBeUndefined();
  expect(text).toMatch(/a: ami-a\n.*b: ami-b/);
});

test('one that fails stops no other, and fails the whole', async () => {
  const { error, text } = await run(['a', 'b', 'c'], async (image) => {
    if (image === 'a') throw new ExpectedError('no machine\nmore');
    return `ami-${image}`;
  });
  expect(error).toMatch(/1 of 3/);
  expect(text).toMatch(/✖ a: .*no machine\n✔ b: ami-b\n✔ c: ami-c/);
});

test('one that is promoted without all that belongs to it is called neither renewed nor as before', async () => {
  const { error, text } = await run(['a', 'b'], async (image) => {
    const failures = ['copy to us-east-1: refused', 'sharing: refused'];
    if (image === 'a') throw new IncompletePromotion({ promoted: 'ami-1', failures, again: 'make promote' });
    return 'ami-2';
  });
  expect(error).toMatch(/1 of 2/);
  const summary = text.slice(text.indexOf('✖'));
  expect(summary).toMatch(/^✖ a: promoted, but incomplete: .*ami-1.*us-east-1.*sharing.*✔ b: ami-2$/s);
  expect(summary).not.toContain('not renewed');
});

test('what comes after a stop is not begun', async () => {
  const stopped = new AbortController();
  const begun: string[] = [];
  await run(
    ['a', 'b'],
    async (image) => {
      begun.push(image);
      stopped.abort('SIGINT');
      return 'ami-1';
    },
    stopped,
  );
  expect(begun).toEqual(['a']);
});

describe('the images of a night', () => {
  const config = (images?: string[]) =>
    makeConfig((raw) => {
      raw.images.other = { agents: ['circleci'] };
      if (images) raw.nightly = { timeZone: 'Europe/Berlin', images };
    });

  test('are all, those of the config, or those that are named', () => {
    expect(chooseImages(config(), undefined)).toEqual(['runner', 'other']);
    expect(chooseImages(config(['other']), undefined)).toEqual(['other']);
    expect(chooseImages(config(['other']), 'runner, other')).toEqual(['runner', 'other']);
    expect(() => chooseImages(config(), 'none')).toThrow(/IMAGE=other/);
  });

  test('end with the container image of the runners of GitHub, where there are any', () => {
    const github = makeConfig(addGithub);
    expect(chooseImages(github, undefined)).toEqual(['runner', 'host', 'githubEcs']);
    expect(chooseImages(github, 'githubEcs')).toEqual(['githubEcs']);
    expect(() => chooseImages(config(), 'githubEcs')).toThrow(/no image "githubEcs"/);
  });
});
