/** Entry of the stand-in Runner.Listener: what the runner's image and its scripts use of the real one. */
import { join, resolve } from 'node:path';
import { readConfiguration, takeInputs, writeConfiguration } from './configuration';
import { listen } from './listener';
import { Ended, say } from './terminal';

/** Set by the bundler to the version that provision/pins.env names. */
declare const AGENT_VERSION: string;

function readOrEnd<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Ended(1, (error as Error).message);
  }
}

// As in worker.ts.
process.title = 'Runner.Listener';

async function main(args: string[]): Promise<void> {
  if (args.includes('--version')) return say(AGENT_VERSION);
  // bin/ lies in the runner's folder.
  const root = resolve(join(process.argv[1] ?? '', '..', '..'));
  const encoded = takeInputs(process.env).get('jitconfig');
  const shutdown = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (!shutdown.signal.aborted) say('Exiting...');
      shutdown.abort();
    });
  if (encoded) readOrEnd(() => writeConfiguration(encoded, root));
  const configuration = readOrEnd(() => readConfiguration(root));
  await listen({ root, version: AGENT_VERSION, configuration, shutdown: shutdown.signal });
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: Error) => {
    if (error.message)
      console.error(error instanceof Ended ? error.message : `An error occurred: ${error.stack}`);
    process.exit(error instanceof Ended ? error.status : 2);
  },
);
