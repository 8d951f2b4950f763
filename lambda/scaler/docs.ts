/** Writes docs/reasons.md: `npx tsx lambda/scaler/docs.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROBLEMS, REASONS } from './core/reasons';

/** docs/reasons.md: what log lines say, what it means, what to do. */
export function renderReasons(): string {
  const rows = (entries: Record<string, { meaning: string; remedy: string }>) =>
    Object.entries(entries).map(([name, { meaning, remedy }]) => `| \`${name}\` | ${meaning} | ${remedy} |`);
  return `${[
    '# Why a fleet does what it does',
    '',
    '<!-- Made from lambda/scaler/core/reasons.ts: `npx tsx lambda/scaler/docs.ts`. A test compares. -->',
    '',
    'Every decision of the scaler carries one reason. It is in the field `reason` of its log lines (log group',
    '`/aws/lambda/muster-<environment>-scaler`): one line on every change, and one a minute otherwise.',
    '',
    '## Reasons',
    '',
    '| Reason | Meaning | What to do |',
    '|---|---|---|',
    ...rows(REASONS),
    '',
    '## Problems',
    '',
    'What could not be read or changed is in the field `troubles`. It changes nothing, counts in the metric',
    '`Unknown`, and makes the invocation fail when everything else is done, so that the alarm on errors fires.',
    'When only a part of a queue could be read (one project of many), the fields are `queuedAtLeast` and',
    '`runningAtLeast`: the fleet grows for these jobs, and the rest is a trouble as well. While a fleet is closed its',
    'queue decides nothing: it is read once a minute, and what fails is in the field `demand` and no trouble.',
    '',
    'Launches that failed are in the fields `launchProblem` (one of the problems below) and `launch` (the words of AWS)',
    'for some minutes, also when others worked. While the reason is `launch-failing` they are a trouble, and an alarm.',
    '`held` names instances that an operator holds, `pausedSince` says since when a fleet is paused, and',
    '`purchase: spot-fallback` that on-demand instances are bought until `onDemandUntil`.',
    '',
    'A line with `pollSeconds` says that `requestsPerMinute` of the account lets its fleets be polled only so often.',
    '',
    '| Problem | Meaning | What to do |',
    '|---|---|---|',
    ...rows(PROBLEMS),
  ].join('\n')}\n`;
}

if (require.main === module) writeFileSync(join(__dirname, '../../docs/reasons.md'), renderReasons());
