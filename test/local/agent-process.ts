/** An agent that runs on this host: what it says, and how it ends. */
import type { ChildProcess, ChildProcessWithoutNullStreams } from 'node:child_process';

export interface AgentProcess {
  process: ChildProcess;
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | string | null>;
  output: () => string;
}

/** @param child started with both outputs as pipes */
export function watchAgent(
  child: Pick<ChildProcessWithoutNullStreams, 'stdout' | 'stderr'> & ChildProcess,
): AgentProcess {
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal)),
  );
  return { process: child, ended, output: () => output };
}
