import { $ } from 'zx';
import { ExpectedError } from '../expected-error';

/** Write-only arguments, which keep secrets out of the state, came with Terraform 1.11. */
export async function verifyTerraform(): Promise<string> {
  const answer = await $({ nothrow: true, quiet: true })`terraform version -json`;
  const version = answer.exitCode === 0 ? String(JSON.parse(answer.stdout).terraform_version) : 'none';
  const [major, minor] = version.split('.').map(Number);
  if (major !== 1 || !(Number(minor) >= 11)) {
    throw new ExpectedError(
      `Terraform 1.11 or newer, below 2, is needed; found: ${version}. Run: make setup (it installs one into .muster/bin).`,
    );
  }
  return version;
}
