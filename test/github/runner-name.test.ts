import { buildRunnerName, parseAnyRunnerName, parseRunnerName } from '../../github/runner-name';

const minted = Date.parse('2026-11-21T12:00:00Z');
const built = (environment: string, rule: string) =>
  buildRunnerName({ environment, rule, mintedAt: minted, random: '0badcafe' });

test('what a name is built of is read from it, to the second', () => {
  expect(built('dev', 'app')).toBe(
    'muster-dev-app-tovwy8-0badcafe'.replace('tovwy8', (minted / 1000).toString(36)),
  );
  expect(parseRunnerName(built('dev', 'app'), { environment: 'dev', rules: ['web', 'app'] })).toEqual({
    rule: 'app',
    mintedAt: minted,
  });
});

test.each([
  ['of another environment', built('stg', 'app')],
  ['of an environment whose name goes on', built('dev-eu', 'app')],
  ['of a rule whose name goes on', built('dev', 'app-two')],
  ['of a rule that is not known', built('dev', 'web')],
  ["of somebody else's", 'i-0123456789abcdef0'],
  ['without its random part', built('dev', 'app').slice(0, -9)],
  ['with something after it', `${built('dev', 'app')}-x`],
])('a name %s is none of ours', (_why, name) => {
  expect(parseRunnerName(name, { environment: 'dev', rules: ['app'] })).toBeNull();
});

test('whoever does not know the rules reads the rule from the name, be there dashes in it or not', () => {
  for (const rule of ['app', 'app-two', 'app-t4k2p0-0a1b2c3d'])
    expect(parseAnyRunnerName(built('dev', rule), 'dev')).toEqual({ rule, mintedAt: minted });
  expect(parseAnyRunnerName(built('stg', 'app'), 'dev')).toBeNull();
  expect(parseAnyRunnerName('muster-dev-app', 'dev')).toBeNull();
});

test('rules of which one begins as the other are told apart', () => {
  const rules = ['app', 'app-two'];
  for (const rule of rules)
    expect(parseRunnerName(built('dev', rule), { environment: 'dev', rules })).toMatchObject({ rule });
});

test('a name that GitHub would refuse for its length is an error that says what to shorten', () => {
  expect(built('a'.repeat(20), 'b'.repeat(20))).toHaveLength(64);
  expect(() => built('a'.repeat(20), 'b'.repeat(21))).toThrow(
    /65 characters.*Shorten the environment or the rule/,
  );
});
