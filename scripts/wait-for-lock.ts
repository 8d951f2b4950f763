/**
 * The diffs of several requests and a deploy share one state: who comes second waits instead of failing. cdktf has no
 * flag for it, but Terraform reads arguments from its environment, which cdktf hands on.
 */

/** A diff takes a minute or two, a deploy a few. One that drains a fleet takes longer than anybody should wait. */
const LOCK_TIMEOUT = '-lock-timeout=10m';

const COMMANDS = ['plan', 'apply', 'destroy'] as const;

/** Environment variables to add. Terraform obeys the last of two, so the operator's own value wins. */
export const waitForLock = (environment: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    COMMANDS.map((command) => {
      const name = `TF_CLI_ARGS_${command}`;
      return [name, [LOCK_TIMEOUT, environment[name]].filter(Boolean).join(' ')];
    }),
  );
