/** The script itself, as a process. There is no AWS: a simulation asks it nothing. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFaults } from '../../simulate/html-faults';
import type { Raw } from '../config';
import { writeConfigDirectory } from '../config-directory';
import { runScript } from '../run-script';
import { makeTemporaryDirectory } from '../temporary-file';

const NO_AWS = { url: 'http://127.0.0.1:1' } as Parameters<typeof runScript>[1]['aws'];

async function simulate(variables: Record<string, string> = {}, deviate?: (raw: Raw) => void) {
  const page = join(makeTemporaryDirectory(), 'new', 'page.html');
  const { status, output } = await runScript('simulate', {
    aws: NO_AWS,
    variables: {
      ...{ MUSTER_CONFIG_DIR: writeConfigDirectory(deviate), PAGE: page, JOBS: '30', DAYS: '1' },
      ...variables,
    },
  });
  return { status, output, page };
}

/** It told what was wrong, as text that an operator reads, and did nothing. */
async function refuse(variables: Record<string, string>, deviate?: (raw: Raw) => void): Promise<string> {
  const { status, output, page } = await simulate(variables, deviate);
  expect({ status, isWritten: existsSync(page) }).toEqual({ status: 1, isWritten: false });
  expect(output).not.toMatch(/\n\s+at /);
  return output;
}

function writeTrace(...lines: string[]): string {
  const file = join(makeTemporaryDirectory(), 'trace.csv');
  writeFileSync(file, ['submitted,duration,fleet', ...lines].join('\n'));
  return file;
}
const POLICIES = [
  'muster',
  'all-knowing',
  'always-on',
  'published, fails open',
  'published, freezes',
  'bound',
];
const addFleet = (raw: Raw) => {
  raw.fleets.push({ ...raw.fleets[0], name: 'arm', resourceClass: 'acme/arm' });
};

describe('make simulate', () => {
  it('prints a row for each policy, and writes the page where it is told', async () => {
    const { status, output, page } = await simulate();
    expect({ status, output }).toMatchObject({ status: 0 });
    for (const policy of POLICIES) expect(output).toMatch(new RegExp(`^${policy} .*\\d`, 'm'));
    expect(output).toContain(page);
    const written = readFileSync(page, 'utf8');
    expect(written.includes('fleet linux')).toBe(true);
    expect(findFaults(written)).toEqual([]);
  });

  it('prints JSON, and nothing beside it, that says the same each time', async () => {
    const variables = { JSON: '1', TRACE: writeTrace('2026-01-05T09:00:00Z,120,linux'), PRICE: '60' };
    const [one, other] = await Promise.all([simulate(variables), simulate(variables)]);
    const report = JSON.parse(one.output);
    expect(JSON.parse(other.output)).toEqual(report);
    expect(report).toMatchObject({
      fleet: 'linux',
      compared: POLICIES.map((policy) => ({ policy, jobs: 1 })),
    });
    const [muster] = report.compared;
    expect(muster).toMatchObject({
      fates: { done: 1, killed: 0 },
      waits: { p50: expect.any(Number), p95: expect.any(Number), p99: expect.any(Number) },
      // Two minutes at a dollar a minute.
      bill: { jobs: expect.closeTo(2), instances: 1 },
      reasons: expect.objectContaining({}),
    });
    expect(existsSync(one.page)).toBe(true);
  });

  it('plays the jobs of the fleet, of a trace with several', async () => {
    const trace = writeTrace(
      '2026-01-05T09:00:00Z,120,linux',
      '2026-01-05T09:00:00Z,120,arm',
      '2026-01-05T09:05:00Z,120,arm',
    );
    const { output } = await simulate({ JSON: '1', TRACE: trace, FLEET: 'arm' }, addFleet);
    expect(JSON.parse(output)).toMatchObject({
      fleet: 'arm',
      compared: [{ policy: 'muster', jobs: 2 }, ...POLICIES.slice(1).map(() => ({ jobs: 2 }))],
    });
  });

  it('plays a bad week when asked to', async () => {
    const run = async (faults: string) =>
      JSON.parse((await simulate({ JSON: '1', JOBS: '100', FAULTS: faults })).output).compared[0];
    const [good, bad] = await Promise.all([run('none'), run('usual')]);
    expect(bad.jobs).toBe(good.jobs);
    expect(bad.cost).not.toBe(good.cost);
  });

  it('replays a scenario of the soak from its seed, the same each time', async () => {
    const variables = { SOAK: '3', SIZE: 'small' };
    const [one, other] = await Promise.all([simulate(variables), simulate(variables)]);
    expect(one).toMatchObject({ status: 0, output: other.output });
    expect(one.output.split('\n').length).toBeGreaterThan(20);
    expect(existsSync(one.page)).toBe(false);
  });
});

describe('it refuses, and writes nothing', () => {
  it('all options that are wrong, at once', async () => {
    const output = await refuse({ JOBS: 'many', BOOT: '0', FAULTS: 'all', PRICE: 'cheap' });
    for (const seen of ['JOBS=many', 'BOOT=0', 'FAULTS=all', 'PRICE=cheap']) expect(output).toContain(seen);
  });

  it('a fleet that there is not, and offers the ones that there are', async () => {
    expect(await refuse({ FLEET: 'linus' }, addFleet)).toMatch(/linus.*linux.*arm/s);
  });

  it('a page of all fleets at once', async () => {
    expect(await refuse({}, addFleet)).toMatch(/FLEET=linux.*FLEET=arm/s);
  });

  it('a trace that it cannot read', async () => {
    expect(await refuse({ TRACE: '/nowhere/trace.csv' })).toContain('/nowhere/trace.csv');
  });

  it('a trace with mistakes, each by its line', async () => {
    const trace = writeTrace(
      '2026-01-05T09:00:00Z,120,linux',
      'yesterday,120,linux',
      '2026-01-05T09:00:00Z,-1,linux',
    );
    expect(await refuse({ TRACE: trace })).toMatch(/line 3.*line 4/s);
  });

  it('a trace of other fleets, and names those', async () => {
    const trace = writeTrace('2026-01-05T09:00:00Z,120,windows');
    expect(await refuse({ TRACE: trace })).toMatch(/linux.*windows/s);
  });

  it('a type of instance whose price nobody told it, and says how to tell it', async () => {
    const exotic = (raw: Raw) => {
      raw.fleets[0].instanceTypes = ['hpc7a.96xlarge'];
    };
    expect(await refuse({}, exotic)).toMatch(/hpc7a\.96xlarge.*PRICE=/s);
  });

  it('a seed of the soak that is none', async () => {
    expect(await refuse({ SOAK: 'x' })).toContain('SOAK=x');
  });
});
