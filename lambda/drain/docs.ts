/** Writes docs/drain-reasons.md: `npx tsx lambda/drain/docs.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REASONS } from './core/reasons';

/** docs/drain-reasons.md: what log lines say, what it means, what to do. */
export function renderReasons(): string {
  return `${[
    '# What became of an instance that was to go',
    '',
    '<!-- Made from lambda/drain/core/reasons.ts: `npx tsx lambda/drain/docs.ts`. A test compares. -->',
    '',
    'Auto Scaling says through SNS that an instance waits to be ended, EventBridge that AWS wants a spot instance back. The',
    'drain Lambda runs the document `muster-<environment>-drain` on the instance and writes one line for each message',
    '(log group `/aws/lambda/muster-<environment>-drain`), with these `reason`s. Whatever it says, the instance watches for',
    'itself too: a message that is lost or late costs no job.',
    '',
    'A message is tried up to three times within some three minutes; one that comes later than that, once. What is said',
    'of an instance that was not reached is said at the last try.',
    '',
    'Metrics (namespace `Muster`, dimension `Environment`): `DrainsStarted` counts `drain-started`, `DrainsReleased` what is',
    '`released`, `DrainsUnanswered` what is `left` or `unreachable`.',
    '',
    '| Reason | Outcome | Meaning | What to do |',
    '|---|---|---|---|',
    ...Object.entries(REASONS).map(
      ([name, { outcome, meaning, remedy }]) => `| \`${name}\` | ${outcome} | ${meaning} | ${remedy} |`,
    ),
  ].join('\n')}\n`;
}

if (require.main === module) writeFileSync(join(__dirname, '../../docs/drain-reasons.md'), renderReasons());
