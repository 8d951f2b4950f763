import { planLaunches } from '../../actions/start-runner/src/plan';
import { settingsOf } from './world';

const modes = (wanted: string[], size = '') =>
  planLaunches(settingsOf(), { size, modes: wanted }).map(({ mode }) => mode);

test('without a wish it is the first size in all modes of the rule, in their order', () => {
  expect(planLaunches(settingsOf(), { size: '', modes: [] })).toMatchObject([
    { mode: 'fargate-spot', family: 'muster-dev-app-small-fargate', capacityProvider: 'FARGATE_SPOT' },
    { mode: 'fargate', family: 'muster-dev-app-small-fargate', capacityProvider: 'FARGATE' },
    { mode: 'ec2', family: 'muster-dev-app-small-ec2', capacityProvider: 'muster-dev-github-hosts' },
  ]);
});

test('modes that are wished for are tried in the order of the wish', () => {
  expect(modes(['ec2', 'fargate-spot'])).toEqual(['ec2', 'fargate-spot']);
});

test.each([
  ['a size of another rule', { size: 'huge', modes: [] }, /rule app has small, large/],
  ['a mode that the rule does not have', { size: '', modes: ['FARGATE'] }, /has fargate-spot, fargate, ec2/],
  ['hosts for a size that has none', { size: 'large', modes: ['ec2'] }, /no task definition of size large/],
])('%s is refused, with what there is', (_what, wish, error) => {
  expect(() => planLaunches(settingsOf(), wish)).toThrow(error);
});

test('a rule whose hosts are gone is told from one whose size is', () => {
  const { hosts: _, ...settings } = settingsOf();
  expect(() => planLaunches(settings, { size: '', modes: ['ec2'] })).toThrow(/no hosts for mode ec2/);
});
