/**
 * Starts the longest suites first, or all others wait for them at the end: those that boot machines, deploy or bake. Of the clouds
 * `ways` and `fleets` have many machines and run one at a time (test/cloud/world.ts): those between them have few, and need not wait.
 */
const Sequencer = require('@jest/test-sequencer').default;

const LONGEST = [
  'test/cloud/ways',
  'test/cloud/nights',
  'test/cloud/github',
  'test/cloud/fleets',
  'test/provision/gitlab.test',
  'test/stacks/apply',
  'test/provision/smoke',
  'test/provision/warm.test',
  'test/stacks/github-apply',
  'test/provision/nomad.test',
  'test/provision/ecs',
  'test/containers/entrypoint',
  'test/scripts/runner-image/podman',
  'test/simulate/proof',
  'test/stacks/valid',
];
const rank = ({ path }) => {
  const at = LONGEST.findIndex((suite) => path.includes(suite));
  return at < 0 ? LONGEST.length : at;
};

module.exports = class extends Sequencer {
  async sort(tests) {
    const sorted = await super.sort(tests);
    return [...sorted].sort((one, other) => rank(one) - rank(other));
  }
};
