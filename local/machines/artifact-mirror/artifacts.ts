/**
 * The downloads of a bake as the local cloud has them: a stand-in agent, a stand-in Systems Manager agent, and this
 * host's own Node.js in the layout of nodejs.org. Made once per content; the same inputs give the same bytes.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { bundleAgent } from '../../ci/agent/bundle';
import { hashFile, hashFolder, hashValue } from '../content-hash';
import { runProgram } from '../run-program';
import type { Artifact, Pins } from './pins';

/** Where the local base image has the interpreter of the stand-in agent: not on any PATH of a job. */
export const INTERPRETER = '/usr/lib/local-cloud/node';

const DEBIAN_ARCH: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };
/** Same bytes for the same content. */
const TAR = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u+rwX,go+rX'];
const COMPRESS = '--use-compress-program=gzip --no-name -1';

async function makeOnce(
  folder: string,
  name: string,
  inputs: unknown,
  make: (target: string) => Promise<void>,
) {
  const file = join(folder, hashValue(inputs), name);
  if (existsSync(file)) return file;
  mkdirSync(dirname(file), { recursive: true });
  const scratch = mkdtempSync(join(folder, '.making-'));
  try {
    await make(join(scratch, name));
    renameSync(join(scratch, name), file);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return file;
}

async function makeAgent(folder: string, arch: string, version: string): Promise<string> {
  const bundle = join(mkdtempSync(join(folder, '.making-')), 'circleci-runner');
  try {
    await bundleAgent(bundle, INTERPRETER, version);
    return await makeOnce(
      folder,
      `circleci-runner_linux_${arch}.tar.gz`,
      [await hashFile(bundle)],
      (target) =>
        runProgram('tar', [...TAR, COMPRESS, '-cf', target, '-C', dirname(bundle), basename(bundle)]),
    );
  } finally {
    rmSync(dirname(bundle), { recursive: true, force: true });
  }
}

function makeSsmAgent(folder: string, arch: string, version: string): Promise<string> {
  const source = join(__dirname, 'amazon-ssm-agent');
  return makeOnce(folder, 'amazon-ssm-agent.deb', [hashFolder(source), arch, version], async (target) => {
    const tree = `${target}.tree`;
    cpSync(source, tree, { recursive: true });
    const control = join(tree, 'DEBIAN', 'control');
    writeFileSync(
      control,
      readFileSync(control, 'utf8').replace('{version}', version).replace('{arch}', arch),
    );
    chmodSync(join(tree, 'usr', 'bin', 'amazon-ssm-agent'), 0o755);
    await runProgram('dpkg-deb', ['--root-owner-group', '-Zgzip', '--build', tree, target], {
      env: { ...process.env, SOURCE_DATE_EPOCH: '0' },
    });
  });
}

function makeNode(folder: string, node: string, version: string): Promise<string> {
  const name = `node-v${version}-linux-${process.arch}`;
  return makeOnce(folder, `${name}.tar.gz`, [node, version], async (target) => {
    const tree = join(dirname(target), name);
    mkdirSync(join(tree, 'bin'), { recursive: true });
    cpSync(node, join(tree, 'bin', 'node'));
    chmodSync(join(tree, 'bin', 'node'), 0o755);
    const modules = join(dirname(dirname(node)), 'lib', 'node_modules', 'npm');
    if (existsSync(modules)) {
      cpSync(modules, join(tree, 'lib', 'node_modules', 'npm'), { recursive: true, dereference: true });
      for (const [link, script] of [
        ['npm', 'npm-cli.js'],
        ['npx', 'npx-cli.js'],
      ])
        await runProgram('ln', [
          '-s',
          `../lib/node_modules/npm/bin/${script}`,
          join(tree, 'bin', link ?? ''),
        ]);
    }
    await runProgram('tar', [...TAR, COMPRESS, '-cf', target, '-C', dirname(tree), name]);
  });
}

export async function makeArtifacts(folder: string, pins: Pins, node: string): Promise<Artifact[]> {
  mkdirSync(folder, { recursive: true });
  const arch = DEBIAN_ARCH[process.arch];
  if (!arch) throw new Error(`The local cloud makes x86_64 and arm64 images; this host is ${process.arch}.`);
  const version = (pin: string) => pins.get(`${pin}_VERSION`) ?? '0';
  const nodeVersion = process.version.slice(1);
  const made = [
    [
      'CIRCLECI_RUNNER',
      version('CIRCLECI_RUNNER'),
      arch,
      await makeAgent(folder, arch, version('CIRCLECI_RUNNER')),
    ],
    ['SSM_AGENT', version('SSM_AGENT'), arch, await makeSsmAgent(folder, arch, version('SSM_AGENT'))],
    ['NODE', nodeVersion, process.arch, await makeNode(folder, node, nodeVersion)],
  ] as const;
  return Promise.all(
    made.map(async ([pin, pinVersion, pinArch, file]) => ({
      pin,
      version: pinVersion,
      arch: pinArch,
      file,
      sha256: await hashFile(file),
    })),
  );
}
