import { buildSync } from 'esbuild';
import { listLicenses } from './list-licenses';

export const ACTION = 'actions/start-runner';
const STEPS = ['main', 'post'];

/** What belongs into the action's dist folder: contents by file name. The same sources give the same on every machine. */
export function bundleAction(): Map<string, string> {
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
