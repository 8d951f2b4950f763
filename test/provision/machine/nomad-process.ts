/** Serves the stand-in Nomad to the machine, and its admin side to the test, over a unix socket. */
import { startNomad } from '../../../local/ci/nomad/server';
import { passOn } from './pass-on';

const ADDRESS = { host: '10.87.0.1', port: 4570 };
/** As with GitLab: a machine that is busy is not a lost one. */
const LOST_SECONDS = 60;

export async function serveNomad(socket: string): Promise<void> {
  const nomad = await startNomad({
    ...ADDRESS,
    logDir: `${socket}.logs`,
    lostSeconds: LOST_SECONDS,
    now: () => Date.now(),
  });
  passOn(socket, nomad.url);
}
