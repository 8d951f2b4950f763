import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { PublishMetrics } from './ports';
import { METRIC_NAMESPACE } from './settings';

/** Metrics in embedded metric format on standard output, one set a fleet. */
export function createPublishMetrics(environment: string): PublishMetrics {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: 'scaler' });
  // Powertools adds a dimension `service`; alarms look for exactly Environment and Fleet.
  metrics.clearDefaultDimensions();
  return (fleet, values) => {
    metrics.addDimensions({ Environment: environment, Fleet: fleet });
    for (const [name, value] of Object.entries(values)) metrics.addMetric(name, MetricUnit.Count, value);
    metrics.publishStoredMetrics();
  };
}
