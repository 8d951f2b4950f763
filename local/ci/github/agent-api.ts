/**
 * What the stand-in Listener of the runner asks its GitHub. The real one speaks to several services (a token exchange
 * signed with the key of the configuration, the broker's /session and /message, the run service's /acquirejob); this is
 * one small API in the broker's shape, under `/_agent/`, on the port of the REST API.
 *
 * THE CONFIGURATION (`encoded_jit_config`) is base64 of a JSON object, file name → base64 of its content, as the real
 * one; the runner writes each into its root folder. More than 4 KB, so that no parameter store of 4 KB will do.
 * - `.runner`: { agentId, agentName, poolId, poolName, ephemeral: true, disableUpdate, serverUrl, serverUrlV2, useV2Flow,
 *   gitHubUrl, workFolder }. `serverUrlV2` is the base of what follows: `http://10.87.0.1:4571/_agent`.
 * - `.credentials`: { scheme: 'OAuth', data: { clientId, authorizationUrl, token } }. `token` is the secret of this
 *   stand-in: `authorization: Bearer <token>` with every request. (The real one is a signature with the next file.)
 * - `.credentials_rsaparams`: random, of the real one's length; nobody reads it.
 *
 * POST   /_agent/session  { ownerName, agent: { id, name, version } }
 *   200 { sessionId }. The runner is online from its first poll on.
 *   401 { error: 'invalid_client' }: the registration has been deleted. The real Listener says "Failed to create a
 *       session. The runner registration has been deleted from the server, please re-configure. …" and exits with 1.
 *   403 the runner's version is too old (see below).
 *   409 another session of this runner is alive; the Listener exits with 5 (after trying for 4 minutes).
 * GET    /_agent/message?sessionId=ID&status=Online|Busy&runnerVersion=V
 *   A long poll: up to 50 s. It is the heartbeat: the Listener polls all the time, also with a job (status=Busy).
 *   200 { messageId, messageType: 'RunnerJobRequest', body: JobMessage }: a job, to a poll with status=Online. From this
 *       moment on the runner is busy: its registration cannot be deleted. The same message again is the same job again.
 *   200 { messageId, messageType: 'JobCancellation', body: { jobId, timeoutSeconds } }: stop the job, finish it as `cancelled`.
 *   202 nothing came; poll again.
 *   403 { source: 'actions-broker-listener', errorKind: 'RunnerVersionTooOld', message }: exits with 7.
 *   404 { source: 'actions-broker-listener', errorKind: 'RunnerNotFound', message }: the registration has been deleted,
 *       also while the poll waits; exits with 1 and `An error occurred: <message>`.
 *   410 the session is not the runner's any more.
 *   5xx or no answer: wait a little (the real one 15–30 s) and poll again.
 * POST   /_agent/jobs/ID/log      the bytes that the job wrote since the last time, as they are → 204
 * POST   /_agent/jobs/ID/finish   { result: 'success'|'failure'|'cancelled', exitCode: number|null, reason?: string }
 *   204: the job has ended, and so has the registration, which was for one job. The Listener exits with 0.
 *   404: the job is not this runner's any more (lost, or finished before).
 * DELETE /_agent/session          → 204. The runner is offline; its registration stays, as at GitHub.
 *
 * JobMessage: see the type below. `environment` is what GitHub tells; the runner adds RUNNER_NAME, RUNNER_OS, RUNNER_ARCH,
 * RUNNER_TEMP and GITHUB_WORKSPACE. `command` is for `bash -e -c`; null: sleep for `seconds`.
 *
 * Silence for `lostSeconds` (no poll open, none made): offline; a job it has fails with "lost communication".
 */

export interface JobMessage {
  jobId: string;
  name: string;
  command: string | null;
  seconds: number;
  timeoutMinutes: number;
  environment: Record<string, string>;
}
