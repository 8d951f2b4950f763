import type { FleetSample, Sample } from './record';

const blocks = (count: number, sign: string) => sign.repeat(Math.min(count, 40));

/** A fleet on one line: numbers for everybody, bars for the eye. */
export function toLine({
  fleet,
  queued,
  running,
  desired,
  pending,
  inService,
  terminating,
}: FleetSample): string {
  const jobs = `jobs ${queued} queued ${running} running`;
  const instances = `instances ${pending} starting ${inService} in service ${terminating} leaving, desired ${desired}`;
  return `${fleet}: ${jobs}; ${instances}`;
}

export function toLive({ at, fleets }: Sample): string {
  const rows = fleets.map((sample) => {
    const { fleet, queued, running, desired, pending, inService, terminating } = sample;
    return [
      `  ${fleet}`,
      `    jobs       ${blocks(running, '█')}${blocks(queued, '░')} ${running} running, ${queued} queued`,
      `    instances  ${blocks(inService, '█')}${blocks(pending, '▒')}${blocks(terminating, '·')} ${inService} in service, ${pending} starting, ${terminating} leaving; desired ${desired}`,
    ].join('\n');
  });
  return `${at.toFixed(0).padStart(5)} s\n${rows.join('\n')}\n`;
}

export interface View {
  show(sample: Sample): void;
  end(): void;
}

/** Lines when something changed: for logs, CI and pipes. */
export function makePlainView(print: (line: string) => void): View {
  let last = '';
  return {
    show(sample) {
      const lines = sample.fleets.map(toLine).join(' | ');
      if (lines !== last) print(`  ${sample.at.toFixed(0).padStart(4)} s  ${lines}`);
      last = lines;
    },
    end() {},
  };
}

/** A picture that is drawn anew: for terminals. */
export async function makeLiveView(stream: NodeJS.WriteStream): Promise<View> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(stream);
  return { show: (sample) => update(toLive(sample)), end: () => update.done() };
}
