import { $ } from 'zx';
import { ExpectedError } from '../expected-error';

/** Packer before 1.10 bundles old plugins and knows neither IMDSv2 builders nor deprecation dates. */
export async function verifyPacker(): Promise<string> {
  const answer = await $({ nothrow: true, quiet: true })`packer version`;
  const found = /v?(\d+)\.(\d+)\.\d+/.exec(answer.stdout);
  const [major, minor] = [Number(found?.[1]), Number(found?.[2])];
  if (!(major > 1 || (major === 1 && minor >= 10))) {
    throw new ExpectedError(
      `Packer 1.10 or newer is needed on AWS; found: ${found?.[0] ?? 'none'}.\nInstall it from https://developer.hashicorp.com/packer/install and put it before others on PATH.`,
    );
  }
  return found?.[0] ?? '';
}

/** Downloads the plugins that packer/plugins.pkr.hcl requires, when they are not there yet. */
export async function verifyPackerPlugins(): Promise<string> {
  const answer = await $({ nothrow: true, quiet: true })`packer init packer`;
  if (answer.exitCode !== 0) {
    throw new ExpectedError(
      `packer init failed: ${(answer.stderr || answer.stdout).trim()}\nIt needs to reach github.com once; behind a proxy set HTTPS_PROXY.`,
    );
  }
  return 'there';
}
