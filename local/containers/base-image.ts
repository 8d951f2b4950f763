/** The base of local machines as a container image: what stands in for Debian's image of a public registry. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Base } from '../machines/base';
import { runProgram } from '../machines/run-program';

/** Under the name of its content; imported when the storage does not have it, which takes 20 s. */
export async function getBaseImage({ rootfs, hash }: Base, environment: NodeJS.ProcessEnv): Promise<string> {
  const reference = `localhost/muster-base:${hash}`;
  const has = await runProgram('podman', ['image', 'exists', reference], { env: environment }).then(
    () => true,
    () => false,
  );
  if (has) return reference;
  const archive = spawn('tar', ['--directory', rootfs, '--create', '--numeric-owner', '.'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const image = spawn('podman', ['import', '--quiet', '-', reference], {
    stdio: ['pipe', 'ignore', 'pipe'],
    env: environment,
  });
  const said: Buffer[] = [];
  image.stderr.on('data', (bytes: Buffer) => said.push(bytes));
  archive.stdout.pipe(image.stdin);
  const [[tarCode], [code]] = await Promise.all([once(archive, 'close'), once(image, 'close')]);
  if (tarCode !== 0 || code !== 0)
    throw new Error(
      `The base ${rootfs} could not be imported as ${reference} (tar ${tarCode}, podman ${code}): ${Buffer.concat(said)}`,
    );
  return reference;
}
