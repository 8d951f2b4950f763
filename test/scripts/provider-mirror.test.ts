import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProviderMirror, prepareTerraform, writeCliConfig } from '../../scripts/provider-mirror';

const PROVIDER = 'registry.terraform.io/hashicorp/aws';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-mirror-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function makeMirror(path: string, entry = '5.100.0/linux_amd64'): string {
  mkdirSync(join(directory, path, PROVIDER, entry), { recursive: true });
  return join(directory, path);
}

describe('a mirror of the provider', () => {
  test('is found some folders below a root', () => {
    const mirror = makeMirror('vendor/terraform/plugins');
    expect(findProviderMirror([directory], '5.100.0')).toBe(mirror);
  });

  test('is found when its packages are packed', () => {
    const mirror = makeMirror('plugins', 'terraform-provider-aws_5.100.0_linux_amd64.zip');
    expect(findProviderMirror([directory], '5.100.0')).toBe(mirror);
  });

  test('is not used without the version that the stacks ask for', () => {
    makeMirror('plugins', '4.67.0/linux_amd64');
    expect(findProviderMirror([directory], '5.100.0')).toBeUndefined();
  });

  test('is looked for in the roots in their order', () => {
    makeMirror('b');
    const first = makeMirror('a');
    expect(findProviderMirror([first, join(directory, 'b')], '5.100.0')).toBe(first);
  });

  test('may be missing, as may the roots', () => {
    expect(findProviderMirror([join(directory, 'nowhere')], '5.100.0')).toBeUndefined();
  });
});

describe('the CLI config', () => {
  test('takes the provider from the mirror, and everything else as ever', () => {
    const file = writeCliConfig({ directory: join(directory, 'state'), mirror: '/plugins' });
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(/filesystem_mirror \{\s+path = "\/plugins"\s+include = \[".*hashicorp\/aws"\]/);
    expect(text).toMatch(/direct \{\s+exclude = \[".*hashicorp\/aws"\]/);
  });
});

describe('Terraform', () => {
  const prepare = (environment: NodeJS.ProcessEnv) =>
    prepareTerraform({ environment, directory: join(directory, 'state') });

  test('uses a mirror in the home folder, and cdktf does not ask the registry', () => {
    makeMirror('.terraform.d/plugins');
    const { variables, cdktfArguments } = prepare({ HOME: directory });
    expect(readFileSync(variables.TF_CLI_CONFIG_FILE ?? '', 'utf8')).toContain('filesystem_mirror');
    expect(cdktfArguments).toEqual(['--skip-provider-lock']);
  });

  test("keeps the operator's own CLI config", () => {
    const own = join(directory, 'own.tfrc');
    writeFileSync(own, 'plugin_cache_dir = "/cache"');
    makeMirror('.terraform.d/plugins');
    const { variables, cdktfArguments } = prepare({ HOME: directory, TF_CLI_CONFIG_FILE: own });
    expect(variables).not.toHaveProperty('TF_CLI_CONFIG_FILE');
    expect(cdktfArguments).toEqual([]);
  });

  test("knows of a mirror in the operator's own CLI config", () => {
    const own = join(directory, 'own.tfrc');
    writeFileSync(own, 'provider_installation { network_mirror { url = "https://mirror.example.com/" } }');
    const { cdktfArguments } = prepare({ HOME: directory, TF_CLI_CONFIG_FILE: own });
    expect(cdktfArguments).toEqual(['--skip-provider-lock']);
  });

  test('looks for no newer version of anything', () => {
    expect(prepare({ HOME: directory }).variables).toMatchObject({
      CHECKPOINT_DISABLE: '1',
      DISABLE_VERSION_CHECK: '1',
    });
  });
});
