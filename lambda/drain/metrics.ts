import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Ports } from './ports';
import { METRIC_NAMESPACE } from './settings';

/** Metrics in embedded metric format on standard output, with the dimension Environment. */
export function createPublishMetrics(environment: string): Ports['publishMetrics'] {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: 'drain' });
  // Powertools adds a dimension `service`, which alarms do not look for.
  metrics.clearDefaultDimensions();
  return (counts) => {
    const counted = Object.entries(counts);
    if (counted.length === 0) return;
    metrics.addDimensions({ Environment: environment });
    for (const [name, value] of counted) metrics.addMetric(name, MetricUnit.Count, value);
    metrics.publishStoredMetrics();
  };
}
