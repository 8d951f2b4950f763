/** One rule in two places: the instance writes its id, the housekeeper (and the stand-in GitLab with it) reads it. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { toInstanceId } from '../../lambda/housekeeper/core/system-id';

const script = resolve(__dirname, '../../provision/rootfs/usr/lib/muster/ci/gitlab-system-id');
const run = (instance: string) => {
  const { status, stdout } = spawnSync('bash', [script, instance], { encoding: 'utf8' });
  return { status, systemId: stdout.trim() };
};

describe('The system id of an instance', () => {
  it('tells which instance it is, and has a form that GitLab takes and never makes itself', () => {
    const highest = BigInt(2) ** 68n - 1n;
    const instance = fc
      .bigInt({ min: 0n, max: highest })
      .map((number) => `i-${number.toString(16).padStart(17, '0')}`);
    fc.assert(
      fc.property(instance, (id) => {
        const { systemId } = run(id);
        expect(systemId).toMatch(/^s_[A-Z][0-9a-zA-Z]{11}$/);
        expect(toInstanceId(systemId)).toBe(id);
      }),
      { numRuns: 50, examples: [['i-00000000000000000'], [`i-${highest.toString(16)}`]] },
    );
  });

  it.each(['i-0test', 'i-12345678', '', 'i-0123456789ABCDEF0'])('is refused to %j, which is none', (id) => {
    expect(run(id).status).toBe(2);
  });
});
