/** make simulate without FLEET, as a process. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Raw } from '../config';
import { writeConfigDirectory } from '../config-directory';
import { runScript } from '../run-script';
import { makeTemporaryDirectory } from '../temporary-file';

const NO_AWS = { url: 'http://127.0.0.1:1' } as Parameters<typeof runScript>[1]['aws'];

const simulate = (variables: Record<string, string>, deviate: (raw: Raw) => void = addFleet) =>
  runScript('simulate', {
    aws: NO_AWS,
    variables: { MUSTER_CONFIG_DIR: writeConfigDirectory(deviate), JOBS: '40', DAYS: '1', ...variables },
  });
function addFleet(raw: Raw): void {
  raw.fleets.push({ ...raw.fleets[0], name: 'arm', resourceClass: 'acme/arm' });
}
const writeTrace = (lines: string[]) => {
  const file = join(makeTemporaryDirectory(), 'trace.csv');
  writeFileSync(file, ['submitted,duration,fleet', ...lines].join('\n'));
  return file;
};

describe('make simulate without FLEET', () => {
  it('has a row for each fleet, and for what all cost with each policy', async () => {
    const { status, output } = await simulate({});
    expect({ status, output }).toMatchObject({ status: 0 });
    for (const row of ['linux', 'arm', 'muster', 'all-knowing', 'always-on', 'published, fails open'])
      expect(output).toMatch(new RegExp(`^${row} .*\\d`, 'm'));
  });

  it('sums up what its fleets are', async () => {
    const { output } = await simulate({ JSON: '1' });
    const { fleets, totals } = JSON.parse(output);
    const sum = (key: string) =>
      fleets.reduce((total: number, fleet: Record<string, number>) => total + (fleet[key] ?? 0), 0);
    expect(totals[0]).toMatchObject({
      policy: 'muster',
      jobs: sum('jobs'),
      cost: expect.closeTo(sum('cost')),
      bound: expect.closeTo(sum('bound')),
    });
    // Not the same week twice.
    expect(fleets[0].cost).not.toBe(fleets[1].cost);
  });

  it('plays fleets of one account under its concurrency', async () => {
    const lines = ['linux', 'arm'].flatMap((fleet) =>
      Array.from({ length: 6 }, () => `2026-01-05T09:00:00Z,600,${fleet}`),
    );
    const play = async (concurrency?: number) => {
      const { output } = await simulate({ JSON: '1', TRACE: writeTrace(lines) }, (raw) => {
        addFleet(raw);
        for (const name of Object.keys(raw.accounts)) raw.accounts[name].concurrency = concurrency;
        for (const fleet of raw.fleets) Object.assign(fleet, { max: 6 });
      });
      return Math.max(
        ...JSON.parse(output).fleets.map((fleet: { waits: { max: number } }) => fleet.waits.max),
      );
    };
    expect(await play()).toBeLessThan(300);
    expect(await play(4)).toBeGreaterThan(2 * 600);
  });

  it('a fleet without a job in the trace is told as such', async () => {
    const trace = writeTrace(['2026-01-05T09:00:00Z,600,linux']);
    const { fleets } = JSON.parse((await simulate({ JSON: '1', TRACE: trace })).output);
    expect(fleets).toMatchObject([
      { fleet: 'linux', jobs: 1 },
      { fleet: 'arm', jobs: 0, cost: 0 },
    ]);
  });

  it.each([
    {
      name: 'a trace that names no fleet',
      variables: { TRACE: '' },
      tells: /names none of the fleets.*FLEET=/s,
    },
    { name: 'advice for all at once', variables: { ADVISE: '1' }, tells: /FLEET=linux or FLEET=arm/ },
    {
      name: 'a page for all at once',
      variables: { PAGE: '/nowhere/x.html' },
      tells: /FLEET=linux or FLEET=arm/,
    },
  ])('refuses $name', async ({ variables, tells }) => {
    const trace = 'TRACE' in variables ? { TRACE: writeTrace(['2026-01-05T09:00:00Z,600,']) } : {};
    const { status, output } = await simulate({ ...variables, ...trace } as Record<string, string>);
    expect(status).toBe(1);
    expect(output).toMatch(tells);
    expect(output).not.toMatch(/\n\s+at /);
  });
});
