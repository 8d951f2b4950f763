/** Savings as `make status` shows them: as a process against the local AWS. */
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { type Period, toPeriod, toSteps } from '../../../scripts/savings/period';
import { type LocalAws, startLocalAws } from '../../local/start-local-aws';
import { writeConfigDirectory } from '../config-directory';
import { runScript } from '../run-script';
import { withFault } from '../with-fault';

const HOUR = 3600_000;

describe('make status', () => {
  let aws: LocalAws;
  let cloudWatch: CloudWatchClient;
  beforeAll(async () => {
    aws = await startLocalAws();
    cloudWatch = new CloudWatchClient(aws.client);
  });
  afterAll(() => aws?.stop());

  const run = (variables: Record<string, string> = {}) =>
    runScript('status', {
      aws,
      variables: { MUSTER_CONFIG_DIR: writeConfigDirectory(), SAVINGS_DAYS: '1', ...variables },
    });

  /** As the scaler does; this one every five minutes. */
  async function publish(fleet: string, period: Period, toCount: (at: number) => Record<string, number>) {
    const Dimensions = [
      { Name: 'Environment', Value: 'dev' },
      { Name: 'Fleet', Value: fleet },
    ];
    const data = toSteps(period).flatMap((at) =>
      Object.entries(toCount(at)).map(([MetricName, Value]) => ({
        MetricName,
        Value,
        Dimensions,
        Timestamp: new Date(at + 60_000),
      })),
    );
    for (let first = 0; first < data.length; first += 500)
      await cloudWatch.send(
        new PutMetricDataCommand({ Namespace: 'Muster', MetricData: data.slice(first, first + 500) }),
      );
  }

  test('says nothing of savings before there are metrics, or when it is told not to look', async () => {
    for (const SAVINGS_DAYS of ['1', '0']) {
      const { status, output } = await run({ SAVINGS_DAYS });
      expect([status, output.includes('Saved')]).toEqual([0, false]);
    }
  });

  test('says what was saved, and what is unknown', async () => {
    const period = toPeriod(Date.now(), 1);
    const hole = period.from + 12 * HOUR;
    // One of three instances; the perfect fleet is of m7i.large at $0.1008.
    await publish('linux', period, (at) =>
      at >= hole && at < hole + HOUR ? {} : { InService: at < hole ? 0 : 1, Desired: 1, Running: 7 },
    );
    await publish('another', period, () => ({ InService: 9, Desired: 9 }));
    const { status, output } = await run();
    expect(status).toBe(0);
    // The clock may have gone on by a step since.
    expect(output).toMatch(
      /^linux +(22\.9|23) h, \$2\.3\d +3 × (22\.9|23) h, \$6\.9\d +\$4\.6\d \(66 %\) +0 h, \$0\.00 +4(5\.8|6) h, \$4\.6\d +\$0\.00 +1 at once: \$0\.00 \(0 %\)$/m,
    );
    expect(output).toMatch(/linux: 1(\.1)? h of 24 h have no metrics and are not counted/);
    expect(output).toContain('m7i.large $0.1008');
  });

  test('without the permission says which it is, and all the rest', async () => {
    const refusal = { code: 'AccessDenied', status: 403 };
    const fault = { service: 'cloudwatch', operation: 'GetMetricData', ...refusal };
    const { status, output } = await withFault(aws, fault, () => run());
    expect(status).toBe(0);
    expect(output).toMatch(/^linux +not deployed/m);
    expect(output).toMatch(
      /^Saved: unknown\. You may not read .*cloudwatch:GetMetricData.*SAVINGS_DAYS=0.*not you/m,
    );
  });

  test('refuses days that CloudWatch does not keep, before it asks AWS', async () => {
    const { status, output } = await run({ SAVINGS_DAYS: '90' });
    expect([status, output]).toEqual([1, expect.stringMatching(/^SAVINGS_DAYS=90: use .* 0 .* 63/)]);
  });
});
