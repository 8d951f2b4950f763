/** Makes one executable file of a stand-in agent. */
import { chmodSync } from 'node:fs';
import { build } from 'esbuild';

/**
 * @param entry the agent's main.ts
 * @param interpreter absolute path of node where the agent will run; it is not the Node.js that jobs may find there
 * @param version what it says it is
 */
export async function bundleAgent(
  entry: string,
  outfile: string,
  interpreter: string,
  version: string,
): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    minify: true,
    legalComments: 'none',
    logLevel: 'error',
    banner: { js: `#!${interpreter}` },
    define: { AGENT_VERSION: JSON.stringify(version) },
  });
  chmodSync(outfile, 0o755);
}
