import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { toInstanceId } from '../../../lambda/housekeeper/core/system-id';

const ON_THE_INSTANCE = join(__dirname, '../../../provision/rootfs/usr/lib/muster/ci/gitlab-system-id');
const write = (instanceId: string) =>
  execFileSync('bash', [ON_THE_INSTANCE, instanceId], { encoding: 'utf8' }).trim();

test.each(['i-00000000000000000', 'i-0123456789abcdef0', 'i-0a1b2c3d4e5f60718', 'i-fffffffffffffffff'])(
  'what the instance %s writes is read back',
  (instanceId) => {
    expect(toInstanceId(write(instanceId))).toBe(instanceId);
  },
);

test.each([
  ['of an agent that made up its own', 's_0123456789ab'],
  ['of an agent without a machine id', 'r_0123456789ab'],
  ['just below ours', 's_Oaaaaaaaaaaa'],
  ['just above ours', 's_ZZZZZZZZZZZZ'],
  ['too short', 's_Qaaaaaaaaaa'],
  ['with other characters', 's_Qaaaaaaaaa-a'],
  ['empty', ''],
])('a system id %s is none of ours', (_what, systemId) => {
  expect(toInstanceId(systemId)).toBeUndefined();
});
