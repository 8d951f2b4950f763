/** Serves the stand-in GitLab to the machine, and its admin side to the test, over a unix socket. */
import { startGitlab } from '../../../local/ci/gitlab/server';
import { passOn } from './pass-on';

const ADDRESS = { host: '10.87.0.1', port: 4569 };
/** Longer than any test: a machine that is busy booting others is not a lost one. */
const LOST_SECONDS = 60;

export async function serveGitlab(socket: string): Promise<void> {
  const gitlab = await startGitlab({
    ...ADDRESS,
    logDir: `${socket}.logs`,
    lostSeconds: LOST_SECONDS,
    now: () => Date.now(),
  });
  passOn(socket, gitlab.url);
}
