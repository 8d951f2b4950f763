import { NOMAD } from './nomad-cases';
import { parse, problemsIn } from './perfect';

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
