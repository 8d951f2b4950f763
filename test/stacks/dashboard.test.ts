/** The dashboard is what CloudWatch takes, names only what there is, and counts as `make status` does. */
import { z } from 'zod';
import { METRIC_NAMESPACE, METRICS } from '../../lambda/scaler/settings';
import { measureSavings } from '../../scripts/savings/measure-savings';
import { MOST_FLEETS, toDashboard } from '../../stacks/control/to-dashboard';
import { ALL_OPTIONS, buildConfig, fleet, GITHUB_ON_FARGATE, WITH_GITLAB } from './perfect-config';
import { synthesize } from './synthesize';

// Synthesis takes seconds; the machine may be busy.

/** What AWS documents of a body ("Dashboard body structure and syntax"), as far as ours uses it. */
const place = {
  x: z.int().min(0).max(23),
  y: z.int().min(0),
  width: z.int().min(1).max(24),
  height: z.int().min(1),
};
const id = z.string().regex(/^[a-z]\w*$/);
const metric = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.strictObject({
    id: id.optional(),
    visible: z.boolean().optional(),
    label: z.string().optional(),
    color: z
      .string()
      .regex(/^#[0-9a-f]{6}$/)
      .optional(),
    stat: z.enum(['Average', 'Maximum']).optional(),
  }),
]);
const expression = z.tuple([z.strictObject({ id, label: z.string(), expression: z.string() })]);
const metricWidget = z.strictObject({
  type: z.literal('metric'),
  ...place,
  properties: z.strictObject({
    title: z.string(),
    region: z.string(),
    view: z.enum(['timeSeries', 'singleValue']),
    stacked: z.boolean().optional(),
    setPeriodToTimeRange: z.boolean().optional(),
    stat: z.enum(['Average', 'Maximum']),
    period: z.int().multipleOf(60),
    metrics: z
      .array(z.union([metric, expression]))
      .min(1)
      .max(500),
    annotations: z
      .strictObject({
        horizontal: z.array(z.strictObject({ label: z.string(), value: z.number(), color: z.string() })),
      })
      .optional(),
    yAxis: z
      .strictObject({
        left: z.strictObject({ min: z.number(), label: z.string(), showUnits: z.boolean() }),
      })
      .optional(),
  }),
});
const bodySchema = z.strictObject({
  start: z.string().regex(/^-P\d+D$/),
  periodOverride: z.enum(['auto', 'inherit']),
  widgets: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({
          type: z.literal('text'),
          ...place,
          properties: z.strictObject({ markdown: z.string().min(1) }),
        }),
        z.strictObject({
          type: z.literal('alarm'),
          ...place,
          properties: z.strictObject({
            title: z.string(),
            alarms: z.array(z.string().startsWith('arn:')).min(1).max(100),
          }),
        }),
        metricWidget,
      ]),
    )
    .max(500),
});
type Body = z.infer<typeof bodySchema>;

const metricsOf = ({ widgets }: Body) =>
  widgets.flatMap((widget) => (widget.type === 'metric' ? [widget.properties.metrics] : []));
const isMetric = (entry: unknown[]): entry is z.infer<typeof metric> => entry.length > 1;
const textOf = ({ widgets }: Body) =>
  widgets.flatMap((widget) => (widget.type === 'text' ? [widget.properties.markdown] : [])).join('\n');

/** Deployed, and read as CloudWatch would. */
function show(deviation: Record<string, unknown> = {}) {
  const config = buildConfig(deviation);
  const stack = synthesize(config);
  const { dashboard_name, dashboard_body } = stack.resource('aws_cloudwatch_dashboard');
  // Terraform would take it for an expression of its own.
  expect(dashboard_body).not.toMatch(/\$\{|%\{/);
  return { config, stack, name: dashboard_name, body: bodySchema.parse(JSON.parse(dashboard_body)) };
}

describe.each<[string, Record<string, unknown>]>([
  ['one fleet', {}],
  ['every option', ALL_OPTIONS],
  ['fleets of GitLab', WITH_GITLAB],
  ['runners of GitHub alone', { ...GITHUB_ON_FARGATE, fleets: [] }],
])('with %s', (_, deviation) => {
  const { config, stack, name, body } = show(deviation);

  test('is named after the environment', () => expect(name).toBe('muster-dev'));

  test('names only metrics that are published, of fleets that there are', () => {
    const published = config.fleets.flatMap((one) =>
      Object.values(METRICS).map((metricName) =>
        [METRIC_NAMESPACE, metricName, 'Environment', 'dev', 'Fleet', one.name].join(),
      ),
    );
    const named = metricsOf(body).flatMap((entries) =>
      entries.filter(isMetric).map((entry) => entry.slice(0, 6).join()),
    );
    expect(named.filter((one) => !published.includes(one))).toEqual([]);
    expect(new Set(named).size).toBe(4 * config.fleets.length);
  });

  test('calculates only with what is in the same graph, by functions that CloudWatch has', () => {
    for (const entries of metricsOf(body)) {
      const ids = entries.map((entry) => (isMetric(entry) ? entry[6].id : entry[0].id)).filter(Boolean);
      expect(new Set(ids).size).toBe(ids.length);
      for (const entry of entries) {
        if (isMetric(entry)) continue;
        for (const [word] of entry[0].expression.matchAll(/[A-Za-z_]\w*/g)) {
          const known = ['SUM', 'MAX', 'DATAPOINT_COUNT', 'PERIOD', 'TIME_SERIES', ...ids];
          expect(known).toContain(word);
        }
      }
    }
  });

  test('shows all alarms that there are', () => {
    const shown = body.widgets.flatMap((widget) => (widget.type === 'alarm' ? widget.properties.alarms : []));
    const made = stack
      .resources('aws_cloudwatch_metric_alarm')
      .map(({ alarm_name }) => `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${alarm_name}`);
    expect([...shown].sort()).toEqual(made.sort());
  });

  test('links to what there is', () => {
    const links = [...textOf(body).matchAll(/\]\((https:[^)\s]+)\)/g)].map(([, link = '']) => link);
    expect(links).toHaveLength(4 * config.fleets.length + (config.githubEcs ? 1 : 0));
    for (const link of links) {
      const url = new URL(link);
      expect([url.host, url.searchParams.get('region')]).toEqual(['console.aws.amazon.com', 'us-east-1']);
      const target = decodeURIComponent(decodeURIComponent(url.hash.replaceAll('$', '%')));
      const [, alarm] = /^#alarmsV2:alarm\/(.+)$/.exec(target) ?? [];
      const [, group] = /^#AutoScalingGroupDetails:id=([^;]+);/.exec(target) ?? [];
      const [, log, fleetName] =
        /^#logsV2:log-groups\/log-group\/(.+)\/log-events\?filterPattern={ \$\.fleet = "(.+)" }$/.exec(
          target,
        ) ?? [];
      const [, cluster] = /^\/ecs\/v2\/clusters\/([^/]+)\/tasks$/.exec(url.pathname) ?? [];
      const isThere = (type: string, attribute: string, value: string | undefined) =>
        value !== undefined && stack.resources(type).some((one) => one[attribute] === value);
      const found = [
        isThere('aws_cloudwatch_metric_alarm', 'alarm_name', alarm),
        isThere('aws_autoscaling_group', 'name', group),
        isThere('aws_cloudwatch_log_group', 'name', log) &&
          config.fleets.some((one) => one.name === fleetName),
        isThere('aws_ecs_cluster', 'name', cluster),
      ];
      expect([link, found.includes(true)]).toEqual([link, true]);
    }
  });

  test('has nothing on top of another, or off the grid', () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of body.widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++)
        for (let row = y; row < y + height; row++) {
          expect(taken.has(`${column},${row}`)).toBe(false);
          taken.add(`${column},${row}`);
        }
    }
  });
});

test('is not made when the config does not want it', () => {
  expect(synthesize(buildConfig({ dashboard: false })).resources('aws_cloudwatch_dashboard')).toEqual([]);
});

test('tells who made it, what the words mean, and where the prices are from', () => {
  const text = textOf(show().body);
  for (const part of [
    'make deploy ENV=dev',
    'dashboard: false',
    'instance-hour',
    'm7i.large $0.1008',
    'us-east-1',
  ])
    expect(text).toContain(part);
});

describe('the numbers', () => {
  /** Of the graph with the numbers of the only fleet, by CloudWatch's rules: a value that is missing is none. */
  function calculate(deviation: Record<string, unknown>, data: { inservice: number[]; desired: number[] }) {
    const config = buildConfig({ fleets: [fleet('linux', deviation)] });
    const [, numbers = []] = metricsOf(bodySchema.parse(toDashboard(config)));
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    const known: Record<string, unknown> = {
      ...data,
      SUM: sum,
      MAX: ([one = [], other = []]: number[][]) => one.map((value, nth) => Math.max(value, other[nth] ?? 0)),
      DATAPOINT_COUNT: (values: number[]) => values.length,
      PERIOD: () => 300,
      TIME_SERIES: (value: number) => value,
    };
    for (const entry of numbers) {
      if (isMetric(entry)) continue;
      known[entry[0].id] = new Function(...Object.keys(known), `return ${entry[0].expression}`)(
        ...Object.values(known),
      );
    }
    return known;
  }

  const HOUR = 3600_000;
  const inservice = Array.from({ length: 144 }, (_, nth) => nth % 3);
  const desired = Array.from({ length: 144 }, (_, nth) => (nth % 5 === 0 ? 3 : nth % 2));

  test.each([[0], [80]])('are those of make status, with %d %% spot', (spotPercent) => {
    const price = { onDemand: 0.1008, spot: 0.1008 * 0.35 };
    // Twelve hours of a day.
    const period = { from: 0, to: 24 * HOUR, step: HOUR / 12 };
    const series = new Map(
      inservice.map((count, nth) => [nth * period.step, Math.max(count, desired[nth] ?? 0)]),
    );
    const savings = measureSavings(series, { max: 3, closed: new Set(), spotPercent, price }, period);
    if (!savings) throw new Error('nothing is known');
    const { used, spent = 0, ofMax } = savings;
    expect(calculate({ spotPercent }, { inservice, desired })).toMatchObject({
      used: expect.closeTo(used),
      always: expect.closeTo(ofMax.hours),
      saved: expect.closeTo(ofMax.hours - used),
      dollars: expect.closeTo((ofMax.dollars?.total ?? 0) - spent, 3),
    });
  });

  test('have no dollars without a price', () => {
    expect(calculate({ instanceTypes: ['x9zz.large'] }, { inservice, desired })).not.toHaveProperty(
      'dollars',
    );
  });
});

test('more fleets than fit are cut, which is said', () => {
  const fleets = Array.from({ length: MOST_FLEETS + 1 }, (_, nth) => fleet(`f${nth}`));
  const body = bodySchema.parse(toDashboard(buildConfig({ fleets })));
  expect(metricsOf(body).flatMap((entries) => entries.filter(isMetric)).length).toBeLessThanOrEqual(2500);
  expect(textOf(body)).toContain(`Only the first ${MOST_FLEETS} of ${MOST_FLEETS + 1} fleets`);
});
