/** What a fleet of Nomad has to say, each broken once. */
import { change } from './perfect';
import type { Case } from './rule-case';

const FLEETS = `  - name: allocations
    account: cluster
    nomad: { nodePool: builds }
    image: clients
    instanceTypes: [m7i.xlarge]
    max: 4
    serves: many-jobs
    jobsPerInstance: 3
    docker: rootful
  - name: fixed
    account: cluster
    nomad: { datacenter: default, nodeClass: linux-64bit, demand: none, rawExec: true }
    image: clients
    instanceTypes: [m7i.xlarge]
    max: 2
    warm: 2
    serves: many-jobs
`;

/** The perfect config, and at its end two fleets of Nomad in which nothing is wrong. */
export const NOMAD = `${change(
  'images:\n',
  'images:\n  clients:\n    agents: [nomad]\n    toolchains: [docker]\n',
  change(
    'accounts:\n',
    'accounts:\n  cluster:\n    ci: nomad\n    baseUrl: https://nomad.acme.example:4646\n',
  ),
)}${FLEETS}`;

const one = (rule: string, from: string, to: string, path: string, line: string, says?: string): Case => ({
  rule,
  text: change(from, to, NOMAD),
  path,
  line,
  ...(says === undefined ? {} : { says }),
});

export const nomadCases: Case[] = [
  one(
    'a fleet of Nomad serves many jobs',
    'max: 4\n    serves: many-jobs\n    jobsPerInstance: 3',
    'max: 4\n    serves: one-job',
    'fleets.3.serves',
    'serves: one-job',
    'many-jobs',
  ),
  one(
    'a fleet of Nomad has a docker that runs as root',
    'docker: rootful\n  - name: fixed',
    'docker: rootless\n  - name: fixed',
    'fleets.3.docker',
    'docker: rootless',
    'rootful',
  ),
  one(
    'no node can be in the pool of all nodes',
    '{ nodePool: builds }',
    '{ nodePool: all }',
    'fleets.3.nomad.nodePool',
    'nodePool: all',
    'default',
  ),
  one(
    'a fleet of fixed size has one',
    'warm: 2\n    serves: many-jobs\n',
    'warm: 0\n    serves: many-jobs\n',
    'fleets.4.warm',
    'warm: 0',
    'demand: queue',
  ),
  one(
    'two fleets do not follow one pool',
    '{ datacenter: default, nodeClass: linux-64bit, demand: none, rawExec: true }',
    '{ nodePool: builds }',
    'fleets.4.nomad.nodePool',
    'nodePool: builds',
    'demand: none',
  ),
  one(
    'namespaces of Nomad differ',
    '{ nodePool: builds }',
    '{ nodePool: builds, namespaces: [web, batch, web] }',
    'fleets.3.nomad.namespaces.2',
    'nodePool: builds',
    'twice',
  ),
  one(
    'the address of Nomad is without its API',
    'example:4646',
    'example:4646/v1',
    'accounts.cluster.baseUrl',
    'example:4646/v1',
    'without /v1',
  ),
  one(
    'a fleet of Nomad says what it serves',
    '    nomad: { nodePool: builds }\n',
    '',
    'fleets.3.nomad',
    'name: allocations',
    'nodePool',
  ),
  {
    rule: 'a fleet of another CI has no nomad',
    text: change('  - name: arm\n', '  - name: arm\n    nomad: { nodePool: builds }\n'),
    path: 'fleets.1.nomad',
    line: 'nomad:',
    says: 'remove',
  },
];
