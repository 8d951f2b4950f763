/**
 * Entry: stands in for a current Packer in builds on the local cloud. `build` bakes the image locally, with the real
 * Packer that is here and unless its inputs are as before, registers it in the local AWS as the amazon-ebs builder does,
 * and writes the manifest. MUSTER_LOCAL_BREAK=bake makes the bake fail, =smoke makes an image that bakes and does not work.
 */
import { delimiter, join, resolve } from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import { PROJECT_DIR } from '../../cloud/layout';
import { parseBreak } from './break';
import { build } from './build';
import { parseBuild } from './parse-build';

const VERSION = '1.11.2';
const AMAZON_PLUGIN = 'github.com/hashicorp/amazon/packer-plugin-amazon_v1.3.9_x5.0_linux_amd64';

async function run([command, ...words]: string[]): Promise<void> {
  switch (command) {
    case 'version':
      return console.log(`Packer v${VERSION}`);
    case 'init':
      return;
    case 'plugins':
      return console.log(join(process.env.HOME ?? '/', '.config/packer/plugins', AMAZON_PLUGIN));
    case 'build':
      break;
    default:
      throw new Error(`The local cloud's packer knows version, init, plugins and build, not "${command}".`);
  }
  const { AWS_ENDPOINT_URL: endpoint, MUSTER_LOCAL_STATE_DIR: stateDir, PATH: path = '' } = process.env;
  if (!endpoint)
    throw new Error('AWS_ENDPOINT_URL is not set: this packer makes images for a local cloud only.');
  // The bake calls the real Packer.
  const own = resolve(__dirname, '..', 'bin');
  process.env.PATH = path
    .split(delimiter)
    .filter((folder) => resolve(folder) !== own)
    .join(delimiter);
  const { variables, template } = parseBuild(words, process.cwd());
  await build({
    variables,
    source: resolve(template, '..'),
    stateDir: stateDir ?? join(PROJECT_DIR, '.muster'),
    broken: parseBreak(process.env.MUSTER_LOCAL_BREAK),
    ec2: new EC2Client({ region: variables.region, endpoint }),
    now: new Date(),
    folder: process.cwd(),
    print: (line) => console.log(`runner.amazon-ebs.aws: ${line}`),
  });
}

run(process.argv.slice(2)).catch((error: Error) => {
  console.error(`Build 'runner.amazon-ebs.aws' errored: ${error.message}`);
  process.exitCode = 1;
});
