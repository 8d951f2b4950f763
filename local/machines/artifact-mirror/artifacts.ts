/**
 * The downloads of a bake as the local cloud has them: stand-in agents, a stand-in Systems Manager agent, and this host's
 * own Node.js in the layout of nodejs.org. Made once per content; the same inputs give the same bytes.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { bundleAgent } from '../../ci/agent/bundle';
import { hashFile, hashFolder } from '../content-hash';
import { runProgram } from '../run-program';
import { COMPRESS, makeOnce, TAR } from './make-once';
import type { Artifact, Pins } from './pins';
import { makeToolchains } from './toolchains';

/** Where the local base image has the interpreter of the stand-in agent: not on any PATH of a job. */
export const INTERPRETER = '/usr/lib/local-cloud/node';

const CI = resolve(__dirname, '../../ci');
const ECS_AGENT = resolve(__dirname, '../../ecs-agent');
const ZIP_EPOCH = new Date('1980-02-01T00:00:00Z');
const DEBIAN_ARCH: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };
/** The bundled agent in a folder of its own, for as long as `use` takes. */
async function withBundle<T>(
  folder: string,
  agent: { entry: string; name: string; version: string },
  use: (bundle: string) => Promise<T>,
): Promise<T> {
  const bundle = join(mkdtempSync(join(folder, '.making-')), agent.name);
  try {
    await bundleAgent(agent.entry, bundle, INTERPRETER, agent.version);
    return await use(bundle);
  } finally {
    rmSync(dirname(bundle), { recursive: true, force: true });
  }
}

function makeCircleciRunner(folder: string, arch: string, version: string): Promise<string> {
  const agent = { entry: join(CI, 'agent', 'main.ts'), name: 'circleci-runner', version };
  return withBundle(folder, agent, async (bundle) =>
    makeOnce(folder, `circleci-runner_linux_${arch}.tar.gz`, [await hashFile(bundle)], (target) =>
      runProgram('tar', [...TAR, COMPRESS, '-cf', target, '-C', dirname(bundle), basename(bundle)]),
    ),
  );
}

/** A package of the folder of that name, and of `programs`: path in the package to file. */
async function makePackage(
  folder: string,
  name: string,
  { arch, version }: { arch: string; version: string },
  programs: Record<string, string>,
): Promise<string> {
  const source = join(__dirname, name);
  const contents = await Promise.all(Object.values(programs).map(hashFile));
  return makeOnce(folder, `${name}.deb`, [hashFolder(source), ...contents, arch, version], async (target) => {
    const tree = `${target}.tree`;
    cpSync(source, tree, { recursive: true });
    for (const [path, file] of Object.entries(programs)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      cpSync(file, join(tree, path));
    }
    const control = join(tree, 'DEBIAN', 'control');
    writeFileSync(
      control,
      readFileSync(control, 'utf8').replaceAll('{version}', version).replace('{arch}', arch),
    );
    for (const folder of ['usr/bin', 'usr/libexec'].map((path) => join(tree, path)).filter(existsSync))
      for (const program of readdirSync(folder)) chmodSync(join(folder, program), 0o755);
    await runProgram('dpkg-deb', ['--root-owner-group', '-Zgzip', '--build', tree, target], {
      env: { ...process.env, SOURCE_DATE_EPOCH: '0' },
    });
  });
}

function makeGitlabRunner(folder: string, arch: string, version: string): Promise<string> {
  const agent = { entry: join(CI, 'gitlab-runner', 'main.ts'), name: 'gitlab-runner', version };
  return withBundle(folder, agent, (bundle) =>
    makePackage(folder, 'gitlab-runner', { arch, version }, { 'usr/bin/gitlab-runner': bundle }),
  );
}

function makeEcsInit(folder: string, arch: string, version: string): Promise<string> {
  const agent = { entry: join(ECS_AGENT, 'main.ts'), name: 'amazon-ecs-init', version };
  return withBundle(folder, agent, (bundle) =>
    makePackage(folder, 'amazon-ecs-init', { arch, version }, { 'usr/libexec/amazon-ecs-init': bundle }),
  );
}

function makeNomad(folder: string, arch: string, version: string): Promise<string> {
  const agent = { entry: join(CI, 'nomad-agent', 'main.ts'), name: 'nomad', version };
  return withBundle(folder, agent, async (bundle) =>
    makeOnce(folder, `nomad_${version}_linux_${arch}.zip`, [await hashFile(bundle)], (target) => {
      // An archive has the times of its files, and none before 1980.
      utimesSync(bundle, ZIP_EPOCH, ZIP_EPOCH);
      // zip(1) is not everywhere, Python is.
      return runProgram('python3', ['-m', 'zipfile', '--create', target, bundle]);
    }),
  );
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

/** @param toolchains of the image: some artifacts are too large to be made for nobody */
export async function makeArtifacts(
  folder: string,
  pins: Pins,
  node: string,
  toolchains: readonly string[] = [],
): Promise<Artifact[]> {
  mkdirSync(folder, { recursive: true });
  const arch = DEBIAN_ARCH[process.arch];
  if (!arch) throw new Error(`The local cloud makes x86_64 and arm64 images; this host is ${process.arch}.`);
  const version = (pin: string) => pins.get(`${pin}_VERSION`) ?? '0';
  const nodeVersion = process.version.slice(1);
  const ssm = { arch, version: version('SSM_AGENT') };
  const made = [
    [
      'CIRCLECI_RUNNER',
      version('CIRCLECI_RUNNER'),
      arch,
      await makeCircleciRunner(folder, arch, version('CIRCLECI_RUNNER')),
    ],
    [
      'GITLAB_RUNNER',
      version('GITLAB_RUNNER'),
      arch,
      await makeGitlabRunner(folder, arch, version('GITLAB_RUNNER')),
    ],
    ['ECS_INIT', version('ECS_INIT'), arch, await makeEcsInit(folder, arch, version('ECS_INIT'))],
    ['NOMAD', version('NOMAD'), arch, await makeNomad(folder, arch, version('NOMAD'))],
    ['SSM_AGENT', ssm.version, arch, await makePackage(folder, 'amazon-ssm-agent', ssm, {})],
    ['NODE', nodeVersion, process.arch, await makeNode(folder, node, nodeVersion)],
  ] as const;
  const all = [
    ...made.map(([pin, version, arch, file]) => ({ pin, version, arch, file })),
    ...(await makeToolchains(folder, toolchains)),
  ];
  return Promise.all(all.map(async (artifact) => ({ ...artifact, sha256: await hashFile(artifact.file) })));
}
