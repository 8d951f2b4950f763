/**
 * Entry of the stand-in `/usr/libexec/amazon-ecs-init`: the actions of the real one. That runs its agent as a container;
 * this is the agent itself, which runs tasks with the machine's docker.
 */
import { execFileSync } from 'node:child_process';
import { runAgent } from './agent';
import { readAgentConfig } from './config';
import { Refused } from './requests';

/** Set by the bundler to the version that provision/pins.env names. */
declare const AGENT_VERSION: string;

/** As ecs-init: it does not start one again that ended so. */
const TERMINAL = 5;

async function main(action: string | undefined): Promise<void> {
  switch (action) {
    case 'version':
      return console.log(JSON.stringify({ agentVersion: AGENT_VERSION, ecsInitVersion: AGENT_VERSION }));
    case 'reload-cache':
    case 'pre-start':
      // What they do needs a docker that answers.
      execFileSync('docker', ['version'], { stdio: 'ignore' });
      return;
    case 'start':
      return runAgent(readAgentConfig(), AGENT_VERSION);
    case 'stop':
    case 'pre-stop':
    case 'post-stop':
      return;
    default:
      throw new Refused(
        'Usage: amazon-ecs-init version | pre-start | start | stop | post-stop | reload-cache',
      );
  }
}

main(process.argv[2]).then(
  () => process.exit(0),
  (error: Error) => {
    console.error(`level=error msg=${JSON.stringify(error.message)}`);
    process.exit(error instanceof Refused ? TERMINAL : 1);
  },
);
