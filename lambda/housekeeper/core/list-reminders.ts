/** What people have put aside and may have forgotten: pure. */

/** A group of the environment. */
export interface Seen {
  fleet: string;
  /** Value of the group's tag: since when it is paused. */
  paused: string | undefined;
  /** Instances in standby, with the value of their tag: since when. */
  held: readonly { id: string; since: string | undefined }[];
}

export interface Reminder {
  fleet: string;
  /** Absent: the fleet is paused. */
  instance?: string;
  /** Milliseconds since 1970; absent when nobody wrote it down. */
  since?: number;
  /** What ends it. */
  command: string;
}

/** The longest first, those of unknown age before all. */
export function listReminders(environment: string, groups: readonly Seen[]): Reminder[] {
  const reminders = groups.flatMap(({ fleet, paused, held }): Reminder[] => [
    ...(paused
      ? [{ fleet, ...toSince(paused), command: `make resume ENV=${environment} FLEET=${fleet}` }]
      : []),
    ...held.map(({ id, since }) => ({
      fleet,
      instance: id,
      ...toSince(since),
      command: `make release ENV=${environment} INSTANCE=${id}`,
    })),
  ]);
  return reminders.sort((one, other) => (one.since ?? 0) - (other.since ?? 0));
}

/** A subject and a text for people; SNS takes 100 characters of ASCII in a subject. */
export function toMessage(environment: string, reminders: readonly Reminder[], now: number) {
  const held = reminders.filter(({ instance }) => instance).length;
  const paused = reminders.length - held;
  const counts = [
    ...(held > 0 ? [`${held} held ${held === 1 ? 'instance' : 'instances'}`] : []),
    ...(paused > 0 ? [`${paused} paused ${paused === 1 ? 'fleet' : 'fleets'}`] : []),
  ].join(', ');
  const lines = reminders.map(
    ({ fleet, instance, since, command }) =>
      `- ${instance ? `${instance} of fleet ${fleet} is held` : `Fleet ${fleet} is paused`} ${toAge(since, now)}. To end that: ${command}`,
  );
  return {
    subject: `muster ${environment}: ${counts}`.slice(0, 100),
    text: [
      `Somebody put these aside in environment ${environment}. A held instance costs money and runs no job; a paused fleet launches nothing.`,
      '',
      ...lines,
      '',
      'You are reminded every six hours until then.',
    ].join('\n'),
  };
}

function toSince(text: string | undefined): { since?: number } {
  const since = Date.parse(text ?? '');
  return Number.isNaN(since) ? {} : { since };
}

function toAge(since: number | undefined, now: number): string {
  if (since === undefined) return '(nobody wrote down since when)';
  const hours = Math.max(0, (now - since) / 3_600_000);
  const age = hours < 48 ? `${Math.floor(hours)} h` : `${Math.floor(hours / 24)} days`;
  return `since ${new Date(since).toISOString()}, which is ${age}`;
}
