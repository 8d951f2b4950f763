import type { Reason } from './reasons';

/** What the Lambda was called for. `at`: when it happened, milliseconds since 1970; undefined when nobody says. */
export type Message =
  | { kind: 'terminating'; instance: string; group: string; hook: string; transition: string; at?: number }
  | { kind: 'notice'; notice: 'interruption' | 'rebalance'; instance: string; at?: number }
  | { kind: 'other'; reason: 'test-notification' | 'unknown-message'; detail: string };

export type Departure = Exclude<Message, { kind: 'other' }>;

/** The instance as Auto Scaling knows it. */
export interface Member {
  group: string;
  /** Such as Terminating:Wait. */
  state: string;
  /** From scale-in: while it has a job. */
  isProtected: boolean;
}

/** What AWS says when the message arrives. */
export interface Seen {
  member: Member | undefined;
  /** impaired: it runs, but fails EC2's check of the instance. */
  machine: 'running' | 'impaired' | 'gone';
}

/** failed: the instance answered, and its drain failed at once. */
export type Sent = { kind: 'started' } | { kind: 'unanswered' | 'failed'; detail: string };

/** Whether the journal of an instance had a line lately. */
export type Life = { kind: 'alive' } | { kind: 'silent' } | { kind: 'unknown'; detail: string };

export type Step =
  | { do: 'end'; reason: Reason; detail?: string }
  | { do: 'release'; reason: 'instance-gone' | 'unreachable'; group: string }
  | { do: 'send' };
