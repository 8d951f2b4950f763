/** The report of a comparison: one self-contained page, for someone who has never seen the project. */
import { escapeHtml, STYLE, table } from '../report/html';
import { toSection } from './advice/section';
import type { Advice } from './advise';
import { costChart, timeChart, waitChart } from './charts';
import type { Compared } from './compare';
import { HEAD, toRows, toWait } from './show';

export interface Report {
  fleet: string;
  /** What the jobs are: a file, or what was made up. */
  source: string;
  world: string;
  price: string;
  compared: readonly Compared[];
  advice: Advice | undefined;
  /** The command that makes it again. */
  command: string;
}

export function buildPage({ fleet, source, world, price, compared, advice, command }: Report): string {
  const own = compared.find(({ name }) => name === 'muster');
  const always = compared.find(({ name }) => name === 'always-on');
  const { measured } = own ?? {};
  const tiles: [string, string][] = measured
    ? [
        ['jobs', measured.jobs.toLocaleString('en')],
        ['half of them waited at most', toWait(measured.waits.p50)],
        ['19 of 20 waited at most', toWait(measured.waits.p95)],
        ['cost', `$${measured.cost.toFixed(2)}`],
        ['of always-on', `${((100 * measured.cost) / (always?.measured.cost || 1)).toFixed(1)} %`],
        ['jobs killed by scaling', String(measured.fates.killed)],
      ]
    : [];
  const reasons = Object.entries(own?.reasons ?? {}).sort(([, one], [, other]) => other - one);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Muster: make simulate</title><style>${STYLE}</style></head>
<body>
<h1>What fleet ${escapeHtml(fleet)} would cost, and how long its jobs would wait</h1>
<p class="what">A simulation: the same jobs once with each policy, with the scaler's own decisions and a model of Amazon EC2 Auto Scaling. Jobs: ${escapeHtml(source)}. World: ${escapeHtml(world)}. Price: ${escapeHtml(price)}.</p>
<div class="tiles">${tiles.map(([label, value]) => `<div class="tile">${label}<b>${escapeHtml(value)}</b></div>`).join('')}</div>
<h2>Side by side</h2>
<p class="what">“bound” is each job on an on-demand instance of its own, launched at once: it pays itself and one boot, and waits for that boot alone. Nobody is below it who neither reuses instances nor buys spot ones. “× bound” is the cost in its terms.</p>
${table(HEAD, toRows(compared))}
${table(
  ['policy', 'what it is'],
  compared.map(({ name, what }) => [name, what]),
)}
<h2>What the money is for</h2>
<p class="what">jobs: while one runs. boot: from the launch until an instance takes jobs. idle: it waits for one. drain: it is on its way out.</p>
<div class="plot">${costChart(compared)}</div>
<h2>How long jobs wait</h2>
<p class="what">Each curve: how many of a hundred jobs had begun after so many seconds. Further left and higher is better.</p>
<div class="plot">${waitChart(compared)}</div>
${own?.timeline ? `<h2>Over time</h2><p class="what">Fleet ${escapeHtml(fleet)} with the policy “muster”. Above: its jobs. Below: the instances that serve them. Each point shows the moment with most of its stretch.</p><div class="plot">${timeChart(own.timeline.points)}</div>` : ''}
${advice ? toSection(advice) : ''}
<h2>Why the scaler did what it did</h2>
${table(['reason', 'looks'], reasons)}
<p class="seen">Made by: ${escapeHtml(command)}</p>
</body></html>
`;
}
