/** Entry of the stand-in `nomad`: the commands and flags of the real one that our instances use. */
import { runAgent } from './agent';
import { Refused } from './api';
import { drainNode, setEligibility, showNode } from './node-commands';
import { parseFlags } from './parse-flags';

/** Set by the bundler to the version that provision/pins.env names. */
declare const AGENT_VERSION: string;

async function main(args: string[]): Promise<void> {
  const [command, verb] = args;
  if (command === 'version') return console.log(`Nomad v${AGENT_VERSION}\nRevision stand-in`);
  if (command === 'agent') return runAgent(parseFlags(args.slice(1), ['config']).config ?? '');
  const flags = parseFlags(args.slice(2), ['deadline', 'm']);
  if (command === 'node' && verb === 'drain') return drainNode(flags);
  if (command === 'node' && verb === 'status') return showNode(flags);
  if (command === 'node' && verb === 'eligibility') return setEligibility(flags);
  throw new Refused(
    'Usage: nomad version | agent -config FILE | node drain | node status | node eligibility',
  );
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: Error) => {
    console.error(error instanceof Refused ? error.message : `==> ${error.stack}`);
    process.exit(1);
  },
);
