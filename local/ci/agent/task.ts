/** One claimed task, as the agent hands it to the task agent: on standard input, where no other process sees it. */
export interface Task {
  id: string;
  /** Good for this task only. */
  token: string;
  name: string;
  /** How long it takes when it has no command. */
  seconds: number;
  command: string | null;
}

export interface TaskOrder {
  task: Task;
  url: string;
  workingDirectory: string;
  cleanupWorkingDirectory: boolean;
}

/** A task's result must arrive even when the CI was down for a while: minutes, not seconds. */
export const RESULT_PATIENCE_MS = 15 * 60_000;
