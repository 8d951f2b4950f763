import { NOMAD } from './nomad-cases';
import { change, parse, problemsIn } from './perfect';

test('fleets of Nomad are sound', () => {
  expect(problemsIn(NOMAD)).toEqual([]);
  expect(parse(NOMAD).fleets[3]?.nomad).toEqual({
    datacenter: 'dc1',
    nodePool: 'builds',
    namespaces: ['default'],
    demand: 'queue',
    rawExec: false,
  });
});

const TWO = change(
  '{ datacenter: default, nodeClass: linux-64bit, demand: none, rawExec: true }',
  '{ nodePool: builds }',
  change(
    'name: fixed\n    account: cluster',
    'name: fixed\n    account: other',
    change(
      'accounts:\n',
      'accounts:\n  other:\n    ci: nomad\n    baseUrl: https://nomad.acme.example:4646\n    region: europe\n',
      NOMAD,
    ),
  ),
);

test('two regions of one address have pools of their own', () => {
  expect(problemsIn(TWO)).toEqual([]);
  expect(problemsIn(change('    region: europe\n', '', TWO))).toMatchObject([
    { path: ['fleets', 4, 'nomad', 'nodePool'] },
  ]);
});
