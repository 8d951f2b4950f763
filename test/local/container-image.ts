/** A container image made of a few of this host's programs, and its way into the local registry. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { callAws } from './call-aws';
import type { LocalAws } from './start-local-aws';

const PROGRAMS = ['bash', 'sleep', 'cat', 'id', 'env', 'ls', 'timeout'];

export interface ImageConfig {
  Entrypoint?: string[];
  Cmd?: string[];
  Env?: string[];
  User?: string;
  WorkingDir?: string;
}

export interface Layer {
  /** Text files by path. A name that begins with .wh. takes the file of a layer below away. */
  files: Record<string, string>;
  programs?: boolean;
}

/** Folder with an image in OCI's layout, which the caller removes. */
export function makeImage(layers: Layer[], config: ImageConfig = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-image-'));
  const put = (content: Buffer | string) => {
    const digest = createHash('sha256').update(content).digest('hex');
    mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
    writeFileSync(join(folder, 'blobs/sha256', digest), content);
    return { digest: `sha256:${digest}`, size: Buffer.byteLength(content) };
  };
  const blobs = layers.map((layer) => put(pack(layer)));
  const gunzip = (digest: string) => execFileSync('gzip', ['-dc', blobPath(digest)], { maxBuffer: 1 << 28 });
  const blobPath = (digest: string) => join(folder, 'blobs/sha256', digest.slice(7));
  const diffIds = blobs.map(
    ({ digest }) => `sha256:${createHash('sha256').update(gunzip(digest)).digest('hex')}`,
  );
  const image = put(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config,
      rootfs: { type: 'layers', diff_ids: diffIds },
    }),
  );
  const manifest = put(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...image },
      layers: blobs.map((blob) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...blob })),
    }),
  );
  const index = {
    schemaVersion: 2,
    manifests: [{ mediaType: 'application/vnd.oci.image.manifest.v1+json', ...manifest }],
  };
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion": "1.0.0"}');
  return folder;
}

function pack({ files, programs = false }: Layer): Buffer {
  const root = mkdtempSync(join(tmpdir(), 'muster-layer-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text, { mode: 0o755 });
    }
    for (const name of programs ? PROGRAMS : []) copyProgram(root, name);
    const tar = ['--create', '--gzip', '--directory', root, '--owner=0', '--group=0', '--numeric-owner', '.'];
    return execFileSync('tar', tar, { maxBuffer: 1 << 28 });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function copyProgram(root: string, name: string): void {
  const program = realpathSync(execFileSync('which', [name], { encoding: 'utf8' }).trim());
  const libraries = execFileSync('ldd', [program], { encoding: 'utf8' }).match(/\/\S+/g) ?? [];
  for (const [from, to] of [[program, `/bin/${name}`], ...libraries.map((path) => [path, path])] as [
    string,
    string,
  ][]) {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    copyFileSync(realpathSync(from), join(root, to));
  }
}

interface Authorization {
  authorizationData: { authorizationToken: string; proxyEndpoint: string }[];
}

export async function logIn(aws: LocalAws): Promise<{ host: string; credentials: string }> {
  const { authorizationData } = await callAws<Authorization>(aws, 'ecr', 'GetAuthorizationToken', {});
  const [data] = authorizationData;
  return {
    host: new URL(data?.proxyEndpoint ?? '').host,
    credentials: Buffer.from(data?.authorizationToken ?? '', 'base64').toString(),
  };
}

/** Not waited for by this process's own loop, on which a cloud's relays are. */
async function skopeo(...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('skopeo', ['--insecure-policy', ...words]);
  return stdout.trim();
}

/** @returns the digest of its manifest, as the registry has it */
export async function pushImage(
  aws: LocalAws,
  layout: string,
  repository: string,
  tag: string,
): Promise<string> {
  const { host, credentials } = await logIn(aws);
  const to = `docker://${host}/${repository}:${tag}`;
  await skopeo(
    'copy',
    '--quiet',
    '--dest-tls-verify=false',
    '--dest-creds',
    credentials,
    `oci:${layout}`,
    to,
  );
  return inspect(aws, `${repository}:${tag}`);
}

/** Digest of what the registry has under a name, asked for as a client does. */
export async function inspect(aws: LocalAws, name: string): Promise<string> {
  const { host, credentials } = await logIn(aws);
  const words = ['--tls-verify=false', '--creds', credentials, '--format', '{{.Digest}}'];
  return skopeo('inspect', ...words, `docker://${host}/${name}`);
}
