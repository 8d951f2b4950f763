/** Plots as SVG text: pages without scripts, readable offline and in an e-mail. */
import * as echarts from 'echarts';

const WIDTH = 1040;

export const PALETTE = {
  queued: '#d97706',
  running: '#2563eb',
  pending: '#a3a3a3',
  inService: '#16a34a',
  leaving: '#dc2626',
};

export const GRID = { left: 64, right: 24, top: 40, bottom: 48 };

/** @param height pixels */
export function toSvg(option: echarts.EChartsCoreOption, height: number): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height });
  chart.setOption({ animation: false, textStyle: { fontFamily: 'system-ui, sans-serif' }, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
