/** What machines send to the bridge's address arrives, whoever came or left in between. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { cgroupFolders, removeCgroup } from '../../local/machines/cgroups';
import { describeAsRoot } from '../as-root';

const INIT = join(__dirname, '../../local/cloud/init.sh');
const cgroup = `muster-bridge-test-${process.pid}`;

afterEach(() => cgroupFolders(cgroup).forEach(removeCgroup));

describeAsRoot('the bridge of the local cloud', () => {
  test('keeps its hardware address when machines come and leave', () => {
    const address = 'ip -json link show br0 | sed \'s/.*"address":"\\([^"]*\\).*/\\1/\'';
    const script = `${address}
    ip link add port address 00:00:00:00:00:01 type veth peer name machine
    ip link set port master br0 up; ${address}
    ip link del port; ${address}`;
    const init = ['bash', INIT, 'br0', '10.87.0.1/16', '169.254.169.254', cgroup, 'bash', '-c', script];
    const output = execFileSync('unshare', ['--net', '--mount', '--pid', '--fork', '--kill-child', ...init], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [first, ...others] = output.trim().split('\n');
    expect(first).toMatch(/^([0-9a-f]{2}:?){6}$/);
    expect(others).toEqual([first, first]);
  });
});
