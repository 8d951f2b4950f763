import { GRID, PALETTE, toSvg } from '../../report/svg';
import type { RunRecord } from './record';

const timeAxis = (last: number) => ({
  type: 'value',
  name: 'seconds since the first job was queued',
  nameLocation: 'middle',
  nameGap: 28,
  min: 0,
  max: Math.ceil(last),
});

const lastMoment = ({ samples, jobs }: RunRecord) =>
  Math.max(1, samples.at(-1)?.at ?? 0, ...jobs.map(({ finishedAt }) => finishedAt ?? 0));

/** Jobs waiting and running, and the instances that serve them, for one fleet. */
export function fleetChart(run: RunRecord, fleet: string): string {
  const rows = run.samples.flatMap(({ at, fleets }) =>
    fleets.filter((sample) => sample.fleet === fleet).map((sample) => ({ ...sample, at })),
  );
  const line = (
    name: string,
    color: string,
    pick: (row: (typeof rows)[number]) => number,
    extra: object,
  ) => ({
    name,
    type: 'line',
    step: 'end',
    symbol: 'none',
    color,
    data: rows.map((row) => [row.at, pick(row)]),
    ...extra,
  });
  const area = { areaStyle: { opacity: 0.55 }, lineStyle: { width: 0 } };
  const upper = { xAxisIndex: 0, yAxisIndex: 0 };
  const lower = { xAxisIndex: 1, yAxisIndex: 1 };
  const most = rows.map(({ pending, inService, terminating }) => pending + inService + terminating);
  return toSvg(
    {
      legend: { top: 4 },
      grid: [
        { ...GRID, height: 150 },
        { ...GRID, top: 240, height: 150 },
      ],
      xAxis: [
        { ...timeAxis(lastMoment(run)), gridIndex: 0, name: '' },
        { ...timeAxis(lastMoment(run)), gridIndex: 1 },
      ],
      yAxis: [
        { type: 'value', name: 'jobs', minInterval: 1, gridIndex: 0 },
        { type: 'value', name: 'instances', minInterval: 1, gridIndex: 1, max: Math.max(1, ...most) + 1 },
      ],
      series: [
        line('jobs running', PALETTE.running, (row) => row.running, { ...upper, ...area, stack: 'jobs' }),
        line('jobs queued', PALETTE.queued, (row) => row.queued, { ...upper, ...area, stack: 'jobs' }),
        line('in service', PALETTE.inService, (row) => row.inService, {
          ...lower,
          ...area,
          stack: 'instances',
        }),
        line('starting', PALETTE.pending, (row) => row.pending, { ...lower, ...area, stack: 'instances' }),
        line('leaving', PALETTE.leaving, (row) => row.terminating, { ...lower, ...area, stack: 'instances' }),
        line('desired', '#111827', (row) => row.desired, {
          ...lower,
          lineStyle: { type: 'dashed', width: 2 },
        }),
      ],
    },
    450,
  );
}

/** One bar a job: the time it waited, then the time it ran. */
export function jobsChart(run: RunRecord): string {
  const jobs = [...run.jobs].reverse();
  const end = lastMoment(run);
  const bar = (name: string, color: string, data: number[]) => ({
    name,
    type: 'bar',
    stack: 'job',
    color,
    data,
  });
  return toSvg(
    {
      legend: { top: 4, data: ['waited', 'ran'] },
      grid: { ...GRID, left: 140 },
      xAxis: timeAxis(end),
      yAxis: { type: 'category', data: jobs.map(({ name }) => name) },
      series: [
        {
          ...bar(
            'before it was queued',
            'transparent',
            jobs.map(({ queuedAt }) => queuedAt),
          ),
          silent: true,
        },
        bar(
          'waited',
          PALETTE.queued,
          jobs.map((job) => (job.startedAt ?? end) - job.queuedAt),
        ),
        bar(
          'ran',
          PALETTE.running,
          jobs.map((job) => (job.startedAt === null ? 0 : (job.finishedAt ?? end) - job.startedAt)),
        ),
      ],
    },
    110 + 24 * jobs.length,
  );
}
