/**
 * Go and Rust as their projects publish them, made of what this host has. A host without them bakes them from their
 * pinned addresses, as AWS does.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runProgram } from '../run-program';
import { COMPRESS, makeOnce, TAR } from './make-once';
import type { Artifact } from './pins';

type Made = Omit<Artifact, 'sha256'>;

/** What a program of this host says; null: it is not there. */
function ask(program: string, ...words: string[]): string | null {
  try {
    return execFileSync(program, words, {
      encoding: 'utf8',
      env: { ...process.env, GOTOOLCHAIN: 'local' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}

async function makeGo(folder: string): Promise<Made | null> {
  const root = ask('go', 'env', 'GOROOT');
  const version = ask('go', 'env', 'GOVERSION')?.replace(/^go/, '');
  const arch = ask('go', 'env', 'GOHOSTARCH');
  if (!root || !version || !arch) return null;
  const file = await makeOnce(folder, `go${version}.linux-${arch}.tar.gz`, [root, version], (target) =>
    archive(dirname(target), 'go', target, (tree) => symlinkSync(root, tree)),
  );
  return { pin: 'GO', version, arch, file };
}

async function makeRust(folder: string): Promise<Made | null> {
  const root = ask('rustc', '--print', 'sysroot');
  const facts = ask('rustc', '--version', '--verbose');
  const version = facts?.match(/^release: (\S+)$/m)?.[1];
  const target = facts?.match(/^host: (\S+)$/m)?.[1];
  if (!root || !version || !target) return null;
  const name = `rust-${version}-${target}`;
  const file = await makeOnce(folder, `${name}.tar.gz`, [root, version], (made) =>
    archive(dirname(made), name, made, (tree) => {
      // The components are one tree here; the archive has a folder for each.
      for (const component of ['cargo', `rust-std-${target}`, 'clippy-preview', 'rustfmt-preview'])
        mkdirSync(join(tree, component), { recursive: true });
      symlinkSync(root, join(tree, 'rustc'));
    }),
  );
  return { pin: 'RUST', version, arch: target.split('-')[0] ?? '', file };
}

/** An archive of `name`, of the folders that `lay` links into it, without what a job never reads. */
async function archive(folder: string, name: string, target: string, lay: (tree: string) => void) {
  lay(join(folder, name));
  const left = ['*/share/doc', '*/rustlib/src', 'go/test', 'go/doc', 'go/api', 'go/pkg/*_race'];
  const without = left.map((pattern) => `--exclude=${pattern}`);
  await runProgram('tar', [...TAR, COMPRESS, '--dereference', ...without, '-cf', target, '-C', folder, name]);
}

const MAKERS: Record<string, (folder: string) => Promise<Made | null>> = { go: makeGo, rust: makeRust };

/** Only those that an image asks for: they are large. */
export async function makeToolchains(folder: string, toolchains: readonly string[]): Promise<Made[]> {
  const made: Made[] = [];
  for (const toolchain of toolchains) {
    const artifact = await MAKERS[toolchain]?.(folder);
    if (artifact) made.push(artifact);
  }
  return made;
}
