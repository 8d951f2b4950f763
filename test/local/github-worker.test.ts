/** The stand-in runner's Worker, as its Listener sees it end. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startWorker, type WorkOrder } from '../../local/ci/github-runner/worker-process';
import { makeTemporaryDirectory } from '../scripts/temporary-file';

/** @param worker what it does, in Bash */
function start(worker: string) {
  const root = makeTemporaryDirectory();
  mkdirSync(join(root, 'bin'));
  writeFileSync(join(root, 'bin', 'Runner.Worker'), `#!/usr/bin/env bash\n${worker}\n`, { mode: 0o755 });
  return startWorker({ root } as WorkOrder);
}

test('a job whose Worker dies has failed', async () => {
  await expect(start('kill -KILL $$').ended).resolves.toEqual({ result: 'failure', exitCode: null });
});

test('a job that was cancelled before its Worker could listen is cancelled', async () => {
  const worker = start('kill -INT $$; sleep 60');
  worker.cancel();
  await expect(worker.ended).resolves.toEqual({ result: 'cancelled', exitCode: null });
});
