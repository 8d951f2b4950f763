/** A time zone as AWS and Node both know it. */
import { closest } from '../closest';
import { type Path, type Problem, show } from '../problem';

export function checkTimeZone(timeZone: string | undefined, path: Path): Problem[] {
  if (timeZone === undefined || isTimeZone(timeZone)) return [];
  const known = resolveZone(timeZone);
  const near = known?.includes('/') ? known : nearZone(timeZone);
  return [
    {
      path,
      wrong: `${show(timeZone)} is no IANA time zone`,
      remedy: near
        ? `did you mean ${near}?`
        : 'use a name such as Europe/Berlin, America/New_York or Etc/UTC',
    },
  ];
}

/** AWS takes the names of the IANA database as they are written there; offsets and abbreviations are none. */
export function isTimeZone(timeZone: string): boolean {
  const known = resolveZone(timeZone);
  if (known === undefined) return false;
  const isName = timeZone.includes('/') || timeZone === 'UTC';
  return isName && (known === timeZone || known.toLowerCase() !== timeZone.toLowerCase());
}

function resolveZone(timeZone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function nearZone(timeZone: string): string | undefined {
  const zones = Intl.supportedValuesOf('timeZone');
  const city = timeZone.trim().toLowerCase().replaceAll(' ', '_');
  return zones.find((zone) => zone.toLowerCase().endsWith(`/${city}`)) ?? closest(timeZone, zones);
}
