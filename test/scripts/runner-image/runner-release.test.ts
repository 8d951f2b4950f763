import { readRunnerRelease, toRunnerRelease } from '../../../scripts/runner-image/read-runner-release';
import { toTag } from '../../../scripts/runner-image/tag';
import { FEEDS } from '../bump/feeds';

const at = (day: string) => Date.parse(`${day}T10:00:00Z`);
const release = (version: string, day: string) => ({ version, publishedAt: at(day) });

describe('the pinned runner', () => {
  test('may be the newest', () => {
    expect(toRunnerRelease('2.338.0', [release('2.338.0', '2026-10-06')], at('2027-10-06'))).toEqual({
      found: '2.338.0, the newest',
    });
  });

  test('has thirty days from the first release after it, not from the last', () => {
    const releases = [release('2.340.0', '2026-11-10'), release('2.339.0', '2026-10-20')];
    const { found, warning } = toRunnerRelease('2.338.0', releases, at('2026-11-10'));
    expect(found).toContain('2.340.0 is out, and GitHub wants it by 2026-11-19');
    expect(warning).toBeUndefined();
  });

  test('whose days are nearly over is a warning with a remedy', () => {
    const releases = [release('2.340.0', '2026-11-10'), release('2.339.0', '2026-10-20')];
    const { warning } = toRunnerRelease('2.338.0', releases, at('2026-11-15'));
    expect(warning).toMatch(/no jobs from 2026-11-19.*make bump ONLY=ACTIONS_RUNNER/);
  });

  test('is compared by numbers', () => {
    expect(toRunnerRelease('2.100.0', [release('2.99.0', '2026-01-01')], at('2026-11-15')).warning).toBe(
      undefined,
    );
  });

  test('is looked up where GitHub tells of it: neither drafts nor candidates count', async () => {
    const get = async (address: string) => FEEDS[address.replace('https://', '')] ?? '';
    const { found } = await readRunnerRelease('2.338.0', get, at('2026-11-12'));
    expect(found).toContain('2.340.0 is out, and GitHub wants it by 2026-12-10');
  });

  test.each<[string, () => Promise<string>]>([
    ['does not answer', () => Promise.reject(new Error('no way there'))],
    ['answers something else', async () => '<html>'],
  ])('stops nothing when GitHub %s', async (_case, get) => {
    const { found, warning } = await readRunnerRelease('2.338.0', get, at('2026-11-12'));
    expect([found, warning]).toEqual([expect.stringContaining('GitHub does not say'), undefined]);
  });
});

describe('a tag', () => {
  const build = {
    runnerVersion: '2.338.0',
    builtAt: Date.parse('2026-11-21T03:15:02Z'),
    commit: '0123456789ab-changed',
  };

  test('says what is in the image, when it was built, and from what', () => {
    expect(toTag(build)).toBe('2.338.0-20261121-031502-0123456789ab-changed');
  });

  test('is one that a registry takes, whatever the commit is called', () => {
    expect(toTag({ ...build, commit: 'feature/a b' })).toMatch(/^[\w][\w.-]{0,127}$/);
  });
});
