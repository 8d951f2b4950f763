/** The Listener's session with GitHub: it begins, it is asked for messages all the time, it ends. */
import type { JobMessage } from '../github/agent-api';
import type { Configuration } from './configuration';
import { type GithubClient, pause } from './github-client';
import { Ended, say, sayTime } from './terminal';

/** The real ones are 30 s and 15–30 s: a local run of a minute wants to be quicker. */
const AGAIN_MS = 2000;
const CONFLICT_MS = 4 * 60_000;

export type Message =
  | { messageType: 'RunnerJobRequest'; body: JobMessage }
  | { messageType: 'JobCancellation'; body: { jobId: string; timeoutSeconds: number } };

export class Session {
  private constructor(
    private readonly client: GithubClient,
    private readonly version: string,
    private id: string,
  ) {}

  /** Tries until GitHub answers. @throws Ended with 1 for a registration that is gone, 5 for another session that lives */
  static async create(
    client: GithubClient,
    { agentId, agentName }: Configuration,
    version: string,
    signal: AbortSignal,
  ): Promise<Session> {
    const body = { ownerName: 'RUNNER', agent: { id: agentId, name: agentName, version } };
    const conflictUntil = performance.now() + CONFLICT_MS;
    let told = false;
    while (!signal.aborted) {
      try {
        const { status, body: said } = await client.ask('POST', '/session', body, signal);
        if (status === 200) {
          say('');
          say('√ Connected to GitHub');
          return new Session(client, version, (said as { sessionId: string }).sessionId);
        }
        if (status === 401)
          throw new Ended(
            1,
            'Failed to create a session. The runner registration has been deleted from the server, please re-configure. Runner registrations are automatically deleted for runners that have not connected to the service recently.',
          );
        if (status === 403) throw new Ended(7, (said as { message?: string })?.message ?? 'deprecated');
        if (status !== 409) throw new Ended(1, `Failed to create session. Status ${status}.`);
        if (performance.now() > conflictUntil)
          throw new Ended(5, 'A session for this runner already exists.');
        if (!told) say('A session for this runner already exists.');
      } catch (error) {
        if (error instanceof Ended) throw error;
        if (!told && !signal.aborted)
          sayTime(`Runner connect error: ${(error as Error).message}. Retrying until reconnected.`);
      }
      told = true;
      await pause(AGAIN_MS, signal);
    }
    throw new Ended(0);
  }

  /** Null when nothing came, or this was told to stop. @throws Ended when this is no runner any more */
  async next(status: 'Online' | 'Busy', signal: AbortSignal): Promise<Message | null> {
    const query = new URLSearchParams({ sessionId: this.id, status, runnerVersion: this.version });
    try {
      const answer = await this.client.ask('GET', `/message?${query}`, undefined, signal);
      if (answer.status === 200) return answer.body as Message;
      if (answer.status === 202) return null;
      const { message = `status ${answer.status}` } = (answer.body ?? {}) as { message?: string };
      throw new Ended(answer.status === 403 ? 7 : 1, `An error occurred: ${message}`);
    } catch (error) {
      if (error instanceof Ended) throw error;
      await pause(AGAIN_MS, signal);
      return null;
    }
  }

  async end(): Promise<void> {
    // The registration may be gone, and the session with it.
    await this.client.ask('DELETE', '/session').catch(() => undefined);
  }
}
