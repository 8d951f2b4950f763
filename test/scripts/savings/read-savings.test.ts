import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { type Period, STEP, toPeriod, toSteps } from '../../../scripts/savings/period';
import { readDays, readSavings } from '../../../scripts/savings/read-savings';
import { showSavings } from '../../../scripts/savings/show-savings';
import { makeConfig, type Raw } from '../config';

const HOUR = 3600_000;
const NOW = Date.parse('2026-11-21T05:03:00Z');
const PERIOD: Period = toPeriod(NOW, 1);

/** A second fleet of a type without a known price. */
function addFleet(raw: Raw) {
  raw.fleets.push({
    ...raw.fleets[0],
    name: 'odd',
    resourceClass: 'acme/odd',
    instanceTypes: ['x9zz.large'],
  });
}

describe('the metrics', () => {
  const mock = mockClient(CloudWatchClient);
  const client = new CloudWatchClient({ region: 'eu-central-1' });
  beforeEach(() => mock.reset());

  const calls = () =>
    mock.commandCalls(GetMetricDataCommand).map(({ args }) => args[0].input as GetMetricDataCommandInput);
  const read = (deviate?: (raw: Raw) => void, period = PERIOD) => {
    const config = makeConfig(deviate);
    const names = config.fleets.map(({ name }) => name);
    return readSavings(client, config, { names, period });
  };
  const results = (values: Record<string, [at: number, value: number][]>) =>
    Object.entries(values).map(([Id, points]) => ({
      Id,
      Timestamps: points.map(([at]) => new Date(at)),
      Values: points.map(([, value]) => value),
    }));

  test('of all fleets come in one call', async () => {
    mock.on(GetMetricDataCommand).resolves({});
    await read(addFleet);
    expect(calls()).toHaveLength(1);
    expect(calls()[0]).toMatchObject({ StartTime: new Date(PERIOD.from), EndTime: new Date(PERIOD.to) });
    expect(calls()[0]?.MetricDataQueries).toEqual(
      ['linux', 'odd'].flatMap((Fleet, fleet) =>
        ['InService', 'Desired'].map((MetricName, metric) => ({
          Id: `m${fleet * 2 + metric}`,
          MetricStat: {
            Metric: {
              Namespace: 'Muster',
              MetricName,
              Dimensions: [
                { Name: 'Environment', Value: 'dev' },
                { Name: 'Fleet', Value: Fleet },
              ],
            },
            Period: 300,
            Stat: 'Average',
          },
        })),
      ),
    );
  });

  test('of many fleets come in calls within the limits of AWS', async () => {
    mock.on(GetMetricDataCommand).resolves({});
    const many = (raw: Raw) => {
      raw.fleets = Array.from({ length: 60 }, (_, nth) => ({ ...raw.fleets[0], name: `linux${nth}` }));
    };
    const week = toPeriod(NOW, 7);
    await read(many, week);
    expect(calls().map(({ MetricDataQueries = [] }) => MetricDataQueries.length)).toEqual([50, 50, 20]);
    expect(50 * toSteps(week).length).toBeLessThanOrEqual(100_800);
  });

  test('that come in pages are put together, and an instance on its way counts', async () => {
    const [first = 0, second = 0] = toSteps(PERIOD);
    mock
      .on(GetMetricDataCommand)
      .resolvesOnce({ MetricDataResults: results({ m0: [[first, 1]], m1: [[first, 2]] }), NextToken: 'more' })
      .resolves({ MetricDataResults: results({ m0: [[second, 3]], m1: [[second, 0]] }) });
    const [linux] = await read();
    expect(calls().map(({ NextToken }) => NextToken)).toEqual([undefined, 'more']);
    expect(linux?.savings?.used).toBeCloseTo((2 + 3) * (STEP / HOUR));
    expect(linux?.savings?.known).toBeCloseTo(2 * (STEP / HOUR));
  });

  test('that may not be read name the permission', async () => {
    mock
      .on(GetMetricDataCommand)
      .rejects(Object.assign(new Error('not authorized'), { name: 'AccessDenied' }));
    await expect(read()).rejects.toThrow(/cloudwatch:GetMetricData .*SAVINGS_DAYS=0.*not authorized/);
  });

  test('that AWS fails to give are its failure', async () => {
    mock.on(GetMetricDataCommand).rejects(Object.assign(new Error('slow down'), { name: 'Throttling' }));
    await expect(read()).rejects.toThrow('slow down');
  });

  describe('are shown', () => {
    const show = async (deviate?: (raw: Raw) => void) => {
      const config = makeConfig(deviate);
      return showSavings(await read(deviate), config, PERIOD).join('\n');
    };
    const all = (value: number) => toSteps(PERIOD).map((at): [number, number] => [at, value]);

    test('beside a fleet that has none', async () => {
      mock.on(GetMetricDataCommand).resolves({ MetricDataResults: results({ m0: all(1) }) });
      expect(await show(addFleet)).toMatch(/^odd +no metrics$/m);
    });

    test('in hours where the price is not known, with how to say it', async () => {
      mock.on(GetMetricDataCommand).resolves({ MetricDataResults: results({ m2: all(1) }) });
      const text = await show(addFleet);
      expect(text).toMatch(
        /^odd +24 h +3 × 24 h, \? +48 h \(66 %\) +0 h +48 h +\? +1 at once: 0 h \(0 %\)$/m,
      );
      expect(text).toContain(
        'The price of x9zz.large is not known here: say it in `prices` in config/dev.yaml',
      );
    });

    test('at the price of the config', async () => {
      mock.on(GetMetricDataCommand).resolves({ MetricDataResults: results({ m0: all(1) }) });
      const text = await show((raw) => {
        raw.prices = { 'm7i.large': 0.5 };
        raw.fleets[0].spotPercent = 100;
      });
      expect(text).toMatch(/^linux +24 h, \$4\.20 +3 × 24 h, \$36\.00 +\$31\.80 \(88 %\).* \$7\.80 /m);
      expect(text).toContain('m7i.large $0.5 (yours)');
      expect(text).toContain('35 % of that');
    });

    test('with hours of the config', async () => {
      mock.on(GetMetricDataCommand).resolves({ MetricDataResults: results({ m0: all(0) }) });
      const text = await show((raw) => {
        const week = { sat: [{ open: '00:00', close: '02:00' }] };
        raw.fleets[0].hours = { timeZone: 'UTC', week, outside: 'closed' };
      });
      expect(text).toMatch(/^linux .* 66 h, \$6\.65 +6 h, \$0\.60 /m);
    });
  });
});

test.each([
  [undefined, 7],
  ['', 7],
  ['0', 0],
  ['63', 63],
])('SAVINGS_DAYS=%s is %d days', (text, days) => {
  expect(readDays({ SAVINGS_DAYS: text })).toBe(days);
});

test.each(['-1', '64', '1.5', 'week'])('SAVINGS_DAYS=%s is refused', (text) => {
  expect(() => readDays({ SAVINGS_DAYS: text })).toThrow(`SAVINGS_DAYS=${text}: use a whole number`);
});
