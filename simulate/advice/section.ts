/** Advice on the page, for someone who has never seen the project. */
import { escapeHtml, table } from '../../report/html';
import type { Advice } from '../advise';
import { toShare, toWait } from '../show';
import { TARGETS } from './goals';
import type { Outcome } from './search';
import { tradeOffChart } from './trade-off-chart';

const HEAD = ['wait p50', 'wait p95', '× bound'];
const toCells = (outcome: Outcome | undefined, bound: number): string[] =>
  outcome ? [toWait(outcome.p50), toWait(outcome.p95), toShare(outcome.cost, bound)] : HEAD.map(() => '–');

/** What was chosen for each goal, as a table: its head and its rows. */
export function toChosen({ chosen, tried, bound, unseen }: Advice): [head: string[], rows: string[][]] {
  const rows = chosen.map(({ goal, setting }) => [
    ...[goal, setting?.label ?? '–', setting?.cost.toFixed(2) ?? '–'],
    ...toCells(setting, bound),
    ...(unseen ? toCells(setting?.unseen, unseen.bound) : []),
    setting?.name ?? `none of the ${tried.length} tried`,
  ]);
  const other = unseen ? HEAD.map((what) => `unseen ${what}`) : [];
  return [['goal', 'setting', 'cost $', ...HEAD, ...other, 'what is set'], rows];
}

/** What the columns of other jobs are, if there are any. */
export const toUnseenLine = ({ unseen }: Advice): string =>
  unseen
    ? `Unseen: the same settings with jobs that the search did not see (${unseen.source}). That is what to expect of them.`
    : 'The search saw all of the jobs, and its choice fits these best: expect a little less of others.';

const PLOTS = ['Half of the jobs', '19 of 20 jobs'];

export function toSection(advice: Advice): string {
  const { tried, answers, recommended, bound } = advice;
  const plots = TARGETS.map(
    (
      target,
      index,
    ) => `<p class="what">${PLOTS[index]} waited no longer than so many seconds, and what that cost. Green: the goal.</p>
<div class="plot">${tradeOffChart(tried, target, bound)}</div>`,
  );
  return `<h2>What else could be set</h2>
<p class="what">${tried.length} ways to set this fleet (how many instances wait idle at which hour, how many wait stopped, whether they take more than one job, how long they stay), each played with the same jobs. Each point is one of them: further left is cheaper, further down is faster. Those on the line are not beaten: whatever costs less waits longer. Letters are the ones in the table. Who takes a second job saves its boot, and may cost less than the bound.</p>
${plots.join('\n')}
${table(...toChosen(advice))}
<p class="what">${escapeHtml(toUnseenLine(advice))}</p>
${answers.map(({ target, isMet, lines }) => `<p class="finding ${isMet ? 'good' : 'bad'}">${escapeHtml(`${target}: ${lines.join(' ')}`)}</p>`).join('')}
<h2>What to write into the config</h2>
${recommended.map(({ label, lines }) => `<details><summary>Setting ${escapeHtml(label)}</summary><pre>${escapeHtml(lines.join('\n'))}</pre></details>`).join('')}`;
}
