/** A source of images whose bake is quick, and a state folder of its own: what tests of bakes start from. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_DIR } from '../../local/cloud/layout';
import { readBase } from './machines-cloud';

const TEMPLATE = readFileSync(join(__dirname, 'bake-of-a-test.pkr.hcl'), 'utf8');

export class BakeFolder {
  private constructor(
    /** Holds packer/ and provision/. */
    readonly source: string,
    readonly stateDir: string,
  ) {}

  static async make(): Promise<BakeFolder> {
    const { rootfs } = await readBase();
    const source = mkdtempSync(join(tmpdir(), 'muster-bake-'));
    const stateDir = join(source, 'state');
    mkdirSync(stateDir);
    // The base is the project's: only images are made here.
    symlinkSync(join(rootfs, '..'), join(stateDir, 'base'));
    symlinkSync(join(PROJECT_DIR, '.muster', 'artifacts'), join(stateDir, 'artifacts'));
    for (const name of ['packer', 'provision']) mkdirSync(join(source, name));
    writeFileSync(
      join(source, 'provision', 'pins.env'),
      'CIRCLECI_RUNNER_VERSION=3.0.0\nSSM_AGENT_VERSION=3.0.0\n',
    );
    return new BakeFolder(source, stateDir);
  }

  /** What the bake of the test does on the machine. */
  writeScript(script: string): void {
    writeFileSync(join(this.source, 'packer', 'runner.pkr.hcl'), TEMPLATE);
    writeFileSync(join(this.source, 'provision', 'script'), `${script}\n`);
  }

  images(): string[] {
    return readdirSync(join(this.stateDir, 'images')).filter((name) => name !== 'current');
  }

  remove(): void {
    rmSync(this.source, { recursive: true, force: true });
  }
}
