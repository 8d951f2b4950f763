/** The plots of a comparison. */
import { GRID, PALETTE, toSvg } from '../report/svg';
import type { Compared } from './compare';
import type { Point } from './timeline';

const COST = { jobs: PALETTE.running, boot: PALETTE.queued, idle: PALETTE.pending, drain: PALETTE.leaving };

const DATES = { formatter: { year: '{yyyy}', month: '{MMM} {d}', day: '{MMM} {d}', hour: '{HH}:{mm}' } };

/** Jobs above, instances below, over the whole time. */
export function timeChart(points: readonly Point[]): string {
  const line = (
    name: string,
    color: string,
    pick: (point: Point) => number,
    index: number,
    stack: string,
  ) => ({
    name,
    type: 'line',
    step: 'end',
    symbol: 'none',
    color,
    stack,
    xAxisIndex: index,
    yAxisIndex: index,
    areaStyle: { opacity: 0.55 },
    lineStyle: { width: 0 },
    data: points.map((point) => [point.at, pick(point)]),
  });
  return toSvg(
    {
      useUTC: true,
      legend: { top: 4 },
      grid: [
        { ...GRID, height: 150 },
        { ...GRID, top: 240, height: 150 },
      ],
      xAxis: [
        { type: 'time', gridIndex: 0, axisLabel: DATES },
        { type: 'time', gridIndex: 1, axisLabel: DATES, name: 'UTC', nameLocation: 'middle', nameGap: 28 },
      ],
      yAxis: [
        { type: 'value', name: 'jobs', minInterval: 1, gridIndex: 0 },
        { type: 'value', name: 'instances', minInterval: 1, gridIndex: 1 },
      ],
      series: [
        line('jobs running', PALETTE.running, ({ running }) => running, 0, 'jobs'),
        line('jobs waiting', PALETTE.queued, ({ queued }) => queued, 0, 'jobs'),
        line('in service', PALETTE.inService, ({ inService }) => inService, 1, 'instances'),
        line('starting', PALETTE.pending, ({ pending }) => pending, 1, 'instances'),
        line('leaving', PALETTE.leaving, ({ draining }) => draining, 1, 'instances'),
      ],
    },
    450,
  );
}

/** Share of the jobs that waited no longer than so many seconds. */
export function waitChart(compared: readonly Compared[]): string {
  return toSvg(
    {
      legend: { top: 4, type: 'scroll' },
      grid: { ...GRID, left: 72 },
      // From a second on: who waits less does not wait.
      xAxis: { type: 'log', min: 1, name: 'seconds', nameLocation: 'middle', nameGap: 28 },
      yAxis: {
        type: 'value',
        name: 'begun',
        max: 100,
        axisLabel: { formatter: '{value} %' },
      },
      series: compared.map(({ name, measured: { quantiles } }) => ({
        name,
        type: 'line',
        symbol: 'none',
        lineStyle: { type: name === 'bound' ? 'dashed' : 'solid', width: name === 'muster' ? 3 : 1.5 },
        data: quantiles.map((seconds, index) => [
          Math.max(1, seconds),
          (100 * index) / Math.max(1, quantiles.length - 1),
        ]),
      })),
    },
    340,
  );
}

/** One bar a policy, by what the money was for. */
export function costChart(compared: readonly Compared[]): string {
  const rows = [...compared].reverse();
  const parts = ['jobs', 'boot', 'idle', 'drain'] as const;
  return toSvg(
    {
      legend: { top: 4 },
      grid: { ...GRID, left: 170, right: 60 },
      xAxis: { type: 'value', name: 'dollars', nameLocation: 'middle', nameGap: 28 },
      yAxis: { type: 'category', data: rows.map(({ name }) => name) },
      series: parts.map((part) => ({
        name: part,
        type: 'bar',
        stack: 'cost',
        color: COST[part],
        data: rows.map(({ measured: { bill } }) => Number(bill[part].toFixed(2))),
      })),
    },
    120 + 30 * rows.length,
  );
}
