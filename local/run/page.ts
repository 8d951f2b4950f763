import { escapeHtml, STYLE, table } from '../../report/html';
import { fleetChart, jobsChart } from './charts';
import type { DecisionRecord, JobRecord, RunRecord } from './record';
import type { Finding } from './verdict';

const time = (seconds: number | null) => (seconds === null ? '–' : `${seconds.toFixed(1)} s`);

const jobRow = ({ name, queuedAt, startedAt, finishedAt, runner, state, exitCode }: JobRecord) => [
  name,
  state,
  exitCode ?? '–',
  time(startedAt === null ? null : startedAt - queuedAt),
  time(startedAt === null || finishedAt === null ? null : finishedAt - startedAt),
  runner ?? '–',
];

const decisionRow = ({ at, fleet, decision, reason, from, to }: DecisionRecord) => [
  time(at),
  fleet,
  decision,
  reason,
  from === null || to === null ? '–' : `${from} → ${to}`,
];

export function percentile(values: number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

/** The report: one self-contained page without scripts. */
export function buildPage(run: RunRecord, findings: Finding[]): string {
  const waits = run.jobs.flatMap(({ startedAt, queuedAt }) =>
    startedAt === null ? [] : [startedAt - queuedAt],
  );
  const machines = new Set(
    run.events.flatMap(({ event, instanceId }) => (event === 'launching' && instanceId ? [instanceId] : [])),
  );
  const good = findings.every((finding) => finding.good);
  const tiles = [
    ['jobs', `${run.jobs.length}`],
    ['instances launched', `${machines.size}`],
    ['wait, median', time(percentile(waits, 0.5))],
    ['wait, p95', time(percentile(waits, 0.95))],
    ['wait, longest', time(percentile(waits, 1))],
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Muster: make local</title><style>${STYLE}</style></head>
<body>
<h1>${good ? 'Every promise was kept' : 'A promise was broken'}</h1>
<p class="what">Muster on the local cloud: runner fleets that come when work is waiting and leave when it is done.</p>
${findings
  .map(
    ({ good: kept, promise, seen }) =>
      `<div class="finding ${kept ? 'good' : 'bad'}">${escapeHtml(promise)} <span class="seen">(${escapeHtml(seen)})</span></div>`,
  )
  .join('\n')}
<h2>In short</h2>
<div class="tiles">${tiles.map(([label, value]) => `<div class="tile">${label}<b>${value}</b></div>`).join('')}</div>
${run.fleets
  .map(
    ({ name, serves, max }) => `<h2>Fleet ${escapeHtml(name)}</h2>
<p class="what">Serves ${escapeHtml(serves)}, at most ${max} instances. Above: its jobs. Below: the instances that serve them; the dashed line is what the group was asked for.</p>
<div class="plot">${fleetChart(run, name)}</div>`,
  )
  .join('\n')}
<h2>Jobs</h2>
<div class="plot">${jobsChart(run)}</div>
${table(['job', 'state', 'exit', 'waited', 'ran', 'instance'], run.jobs.map(jobRow))}
<h2>Decisions of the scaler</h2>
${table(['when', 'fleet', 'decision', 'reason', 'desired'], run.decisions.map(decisionRow))}
<h2>Where the time went</h2>
${table(
  ['step', 'took'],
  run.steps.map(({ title, seconds }) => [title, time(seconds)]),
)}
</body></html>
`;
}
