/** Cost against a wait: what was tried, what is not beaten, and where the goal is. */
import { GRID, PALETTE, toSvg } from '../../report/svg';
import type { Tried } from '../advise';
import { isBest, type Target } from './goals';

/** Less than a claim takes; and a logarithm has no zero. */
const LEAST_SECONDS = 0.1;
const GOAL = 'rgba(22, 163, 74, 0.12)';

/** @param bound dollars; 0: there is none, and the axis says dollars */
export function tradeOffChart(
  tried: readonly Tried[],
  { waitOf, seconds, cost: most, what }: Target,
  bound: number,
): string {
  const unit = bound === 0 ? 1 : bound;
  const toPoint = (one: Tried) => [
    Number((one.cost / unit).toFixed(3)),
    Math.max(LEAST_SECONDS, Number(waitOf(one).toFixed(2))),
  ];
  const best = tried
    .filter((one) => isBest(one, tried, waitOf))
    .toSorted((one, other) => one.cost - other.cost || waitOf(other) - waitOf(one));
  const goal = {
    silent: true,
    itemStyle: { color: GOAL },
    label: { position: 'insideBottomLeft', color: PALETTE.inService, formatter: '{b}' },
    data: [
      [{ name: `goal: ${what}, ${most} × bound`, coord: [0, LEAST_SECONDS] }, { coord: [most, seconds] }],
    ],
  };
  return toSvg(
    {
      legend: { top: 4, itemGap: 24 },
      grid: { ...GRID, left: 80 },
      xAxis: {
        type: 'value',
        min: 0,
        name: bound === 0 ? 'dollars' : 'cost, × bound (jobs and one boot each)',
        nameLocation: 'middle',
        nameGap: 28,
      },
      yAxis: { type: 'log', min: LEAST_SECONDS, name: 'wait, seconds' },
      series: [
        { name: 'tried', type: 'scatter', symbolSize: 6, color: PALETTE.pending, data: tried.map(toPoint) },
        {
          name: 'not beaten',
          type: 'line',
          step: 'end',
          symbolSize: 6,
          color: PALETTE.running,
          data: best.map(toPoint),
          ...(bound === 0 ? {} : { markArea: goal }),
        },
        {
          name: 'in the table',
          type: 'scatter',
          symbolSize: 12,
          color: PALETTE.queued,
          data: tried
            .filter(({ label }) => label)
            .map((one) => ({ name: one.label ?? '', value: toPoint(one) })),
          label: { show: true, position: 'top', formatter: '{b}', fontWeight: 'bold', fontSize: 14 },
        },
      ],
    },
    360,
  );
}
