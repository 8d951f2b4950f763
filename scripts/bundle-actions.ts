/**
 * Bundles the actions into their dist folders, which are kept in the repository: GitHub runs what is there. With
 * --check it changes nothing, and fails when what is there is not what the sources make.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { listLicenses } from './actions/list-licenses';
import { ExpectedError } from './expected-error';
import { runScript } from './run-script';

const ACTION = 'actions/start-runner';
const STEPS = ['main', 'post'];

/** Contents by file name. */
function bundle(): Map<string, string> {
  const { outputFiles, metafile } = buildSync({
    entryPoints: STEPS.map((step) => ({ in: `${ACTION}/src/${step}.ts`, out: step })),
    outdir: `${ACTION}/dist`,
    bundle: true,
    minify: true,
    platform: 'node',
    // As package.json says that the sources run on; GitHub's runner has 24.
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    logLevel: 'error',
    metafile: true,
    write: false,
  });
  const files = new Map(outputFiles.map(({ path, text }) => [path.split('/').at(-1) ?? path, text]));
  return files.set('LICENSES.txt', listLicenses(Object.keys(metafile.inputs)));
}

runScript(async () => {
  const isCheck = process.argv.includes('--check');
  mkdirSync(`${ACTION}/dist`, { recursive: true });
  const stale: string[] = [];
  for (const [name, text] of bundle()) {
    const path = join(ACTION, 'dist', name);
    if (!isCheck) {
      writeFileSync(path, text);
      console.log(`${path}: ${Math.ceil(text.length / 1000)} KB`);
    } else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) stale.push(path);
  }
  if (stale.length > 0)
    throw new ExpectedError(
      `${stale.join(', ')}: not what the sources make. Run make bundle, and commit what it changes.`,
    );
});
