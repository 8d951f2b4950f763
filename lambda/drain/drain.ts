import { isLastTry, judge, LIFE_MS, screen, settle } from './core/decide';
import { parseMessages } from './core/parse-messages';
import { type Reason, toOutcome, UNANSWERED } from './core/reasons';
import type { Departure, Message, Seen, Sent, Step } from './core/types';
import type { Counts, Ports } from './ports';
import { METRICS, type Settings } from './settings';

/** What became of a message. */
interface End {
  message: Message;
  reason: Reason;
  detail?: string;
}

/**
 * Makes the Lambda: tells instances that are to go to drain. Each message ends in one reason, whatever the others do;
 * rejects when all is done if one of them has to be tried again, so that AWS does.
 */
export function createDrain(settings: Settings, ports: Ports): (event: unknown) => Promise<void> {
  return async (event) => {
    const ends = await Promise.all(
      parseMessages(event).map(async (message): Promise<End> => {
        try {
          const step = screen(message, settings) ?? (await follow(message as Departure));
          return { message, ...toEnd(step) };
        } catch (error) {
          const { name, message: text } = error as Error;
          return { message, reason: 'aws-failed', detail: `${name}: ${text}`.slice(0, 300) };
        }
      }),
    );
    for (const each of ends) tell(each);
    ports.publishMetrics(toCounts(ends));
    const again = ends.filter(({ reason }) => toOutcome(reason) === 'again');
    if (again.length > 0) throw new Error(`To be tried again:\n${again.map(toLine).join('\n')}`);
  };

  async function follow(message: Departure): Promise<Step> {
    const { instance } = message;
    const [member, machine] = await Promise.all([ports.readMember(instance), ports.readMachine(instance)]);
    const seen = { member, machine };
    const step = judge(message, seen, settings);
    if (step.do !== 'send') return release(step, instance);
    const sent = await ports.sendDrain(instance);
    if (sent.kind === 'started') return { do: 'end', reason: 'drain-started' };
    if (!isLastTry(message, ports.now())) return { do: 'end', reason: 'unanswered', detail: sent.detail };
    return release(await settleLast(message, seen, sent), instance);
  }

  async function settleLast(message: Departure, seen: Seen, sent: Exclude<Sent, { kind: 'started' }>) {
    const logGroup = seen.member && settings.groups[seen.member.group]?.logGroup;
    const life = logGroup
      ? await ports.readLife(logGroup, message.instance, ports.now() - LIFE_MS)
      : { kind: 'unknown' as const, detail: 'no log group is known' };
    return settle(message, seen, sent, life);
  }

  async function release(step: Step, instance: string): Promise<Step> {
    if (step.do !== 'release') return step;
    const done = await ports.completeHook(step.group, instance);
    return { do: 'end', reason: done === 'over' ? 'hook-over' : step.reason };
  }

  function tell(end: End): void {
    const { message, reason, detail } = end;
    const outcome = toOutcome(reason);
    const group = message.kind === 'terminating' ? message.group : undefined;
    const fields = {
      outcome,
      reason,
      about: message.kind === 'notice' ? message.notice : message.kind,
      ...(message.kind === 'other' ? {} : { instance: message.instance }),
      ...(group ? { group, fleet: settings.groups[group]?.fleet } : {}),
      ...('at' in message && message.at !== undefined
        ? { ageSeconds: Math.round((ports.now() - message.at) / 1000) }
        : {}),
      ...(detail === undefined ? {} : { detail }),
    };
    const isTrouble = outcome === 'again' || UNANSWERED.has(reason) || reason === 'unknown-message';
    ports.log[isTrouble ? 'warn' : 'info'](toLine(end), fields);
  }
}

/** Only a defect leaves a step that is no end here. */
function toEnd(step: Step): Omit<End, 'message'> {
  if (step.do !== 'end') throw new Error(`The step ${step.do} was not taken.`);
  const { reason, detail } = step;
  return { reason, ...(detail === undefined ? {} : { detail }) };
}

const toLine = ({ message, reason, detail }: End): string =>
  `${message.kind === 'other' ? 'message' : message.instance}: ${reason}${toOutcome(reason) === 'again' ? `, ${detail}` : ''}`;

function toCounts(ends: readonly End[]): Counts {
  const counts: Counts = {};
  const count = (name: keyof Counts) => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  for (const { reason } of ends) {
    const outcome = toOutcome(reason);
    if (outcome === 'started') count(METRICS.started);
    if (outcome === 'released') count(METRICS.released);
    if (UNANSWERED.has(reason)) count(METRICS.unanswered);
  }
  return counts;
}
