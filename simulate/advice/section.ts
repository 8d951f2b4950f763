/** Advice on the page, for someone who has never seen the project. */
import { escapeHtml, table } from '../../report/html';
import type { Advice } from '../advise';
import { toShare, toWait } from '../show';
import { TARGETS } from './goals';
import { tradeOffChart } from './trade-off-chart';

export const CHOSEN_HEAD = ['goal', 'setting', 'wait p50', 'wait p95', 'cost $', '× bound', 'what is set'];

export const toChosenRows = ({ chosen, tried }: Advice, bound: number): string[][] =>
  chosen.map(({ goal, setting }) =>
    setting
      ? [
          goal,
          setting.label ?? '',
          toWait(setting.p50),
          toWait(setting.p95),
          setting.cost.toFixed(2),
          toShare(setting.cost, bound),
          setting.name,
        ]
      : [goal, '–', '–', '–', '–', '–', `none of the ${tried.length} tried`],
  );

const PLOTS = ['Half of the jobs', '19 of 20 jobs'];

/** @param bound dollars */
export function toSection(advice: Advice, bound: number): string {
  const { tried, answers, recommended } = advice;
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
${table(CHOSEN_HEAD, toChosenRows(advice, bound))}
${answers.map(({ target, isMet, lines }) => `<p class="finding ${isMet ? 'good' : 'bad'}">${escapeHtml(`${target}: ${lines.join(' ')}`)}</p>`).join('')}
<h2>What to write into the config</h2>
${recommended.map(({ label, lines }) => `<details><summary>Setting ${escapeHtml(label)}</summary><pre>${escapeHtml(lines.join('\n'))}</pre></details>`).join('')}`;
}
