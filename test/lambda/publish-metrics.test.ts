import { createPublishMetrics } from '../../lambda/publish-metrics';

afterEach(() => jest.restoreAllMocks());

test('each set has exactly its own dimensions and counts, and none is published without counts', () => {
  const lines: Record<string, unknown>[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(JSON.parse(`${line}`)) > 0);
  const publish = createPublishMetrics('Muster');

  publish({ Environment: 'dev', Fleet: 'linux' }, { Queued: 3, Running: 0 });
  publish({ Environment: 'dev' }, {});
  publish({ Environment: 'dev' }, { DrainsStarted: 1 });

  expect(lines.map(({ _aws, ...values }) => values)).toEqual([
    { Environment: 'dev', Fleet: 'linux', Queued: 3, Running: 0 },
    { Environment: 'dev', DrainsStarted: 1 },
  ]);
  expect(lines).toMatchObject([
    { _aws: { CloudWatchMetrics: [{ Namespace: 'Muster', Dimensions: [['Environment', 'Fleet']] }] } },
    { _aws: { CloudWatchMetrics: [{ Namespace: 'Muster', Dimensions: [['Environment']] }] } },
  ]);
});
