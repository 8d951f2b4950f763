/**
 * Terraform without the public registry: finds a folder of this machine that mirrors the AWS provider and tells
 * Terraform of it. Where there is none, or the operator has a CLI config already, nothing is changed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROVIDER = 'registry.terraform.io/hashicorp/aws';

/** Deep enough for /opt/<product>/<folder>, shallow enough for a home directory full of checkouts. */
const DEPTH = 3;

export interface TerraformSetup {
  /** To add to the environment of terraform and cdktf. */
  variables: Record<string, string>;
  /** To add to `cdktf deploy`, `diff` and `destroy`. */
  cdktfArguments: string[];
}

/**
 * @param environment the caller's environment variables
 * @param directory where the CLI config is written when a mirror is used
 */
export function prepareTerraform({
  environment,
  directory,
}: {
  environment: NodeJS.ProcessEnv;
  directory: string;
}): TerraformSetup {
  const quiet = { CHECKPOINT_DISABLE: '1', DISABLE_VERSION_CHECK: '1' };
  // `cdktf` runs `terraform providers lock`, which asks the public registry whatever the mirror.
  const behindMirror = ['--skip-provider-lock'];
  const own = environment.TF_CLI_CONFIG_FILE;
  if (own && existsSync(own)) {
    const mirrors = /\b(filesystem|network)_mirror\b/.test(readFileSync(own, 'utf8'));
    return { variables: quiet, cdktfArguments: mirrors ? behindMirror : [] };
  }
  const mirror = findProviderMirror(listRoots(environment.HOME), readProviderVersion());
  if (!mirror) return { variables: quiet, cdktfArguments: [] };
  return {
    variables: { ...quiet, TF_CLI_CONFIG_FILE: writeCliConfig({ directory, mirror }) },
    cdktfArguments: behindMirror,
  };
}

/** Where mirrors are usually kept: Terraform's own places first. */
function listRoots(home: string | undefined): string[] {
  return [
    ...(home ? [join(home, '.terraform.d/plugins'), join(home, '.local/share/terraform/plugins')] : []),
    '/usr/local/share/terraform/plugins',
    '/usr/share/terraform/plugins',
    '/opt',
    '/usr/local/share',
    '/usr/share',
    '/var/lib',
    ...(home ? [home] : []),
  ];
}

/** The folder at or below one of the roots that mirrors this version of the AWS provider for Terraform. */
export function findProviderMirror(roots: string[], version: string): string | undefined {
  for (const root of roots) {
    let level = [root];
    for (let depth = 0; depth <= DEPTH; depth++) {
      const found = level.find((directory) => holds(join(directory, PROVIDER), version));
      if (found) return found;
      level = level.flatMap(listDirectories);
    }
  }
  return undefined;
}

/** Unpacked in a folder of the version, or packed in a zip that names it: Terraform reads both. */
function holds(directory: string, version: string): boolean {
  if (!existsSync(directory)) return false;
  return readdirSync(directory).some(
    (name) => name === version || name.startsWith(`terraform-provider-aws_${version}_`),
  );
}

/** The version that the bindings were generated from, and that the stacks ask for. */
function readProviderVersion(): string {
  const file = join(__dirname, '../node_modules/@cdktf/provider-aws/package.json');
  return JSON.parse(readFileSync(file, 'utf8')).cdktf.provider.version;
}

function listDirectories(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
      .map((entry) => join(directory, entry.name));
  } catch {
    // Missing, or not ours to read: no mirror for us either way.
    return [];
  }
}

/** @returns the path of the CLI config, for TF_CLI_CONFIG_FILE */
export function writeCliConfig({ directory, mirror }: { directory: string; mirror: string }): string {
  const file = join(directory, 'terraform.tfrc');
  const include = `include = [${JSON.stringify(PROVIDER)}]`;
  const exclude = `exclude = [${JSON.stringify(PROVIDER)}]`;
  const text = `provider_installation {
  filesystem_mirror {
    path = ${JSON.stringify(mirror)}
    ${include}
  }
  direct {
    ${exclude}
  }
}
`;
  // Several may run at once: nobody must read half a file.
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, text);
    renameSync(`${file}.${process.pid}`, file);
  }
  return file;
}
