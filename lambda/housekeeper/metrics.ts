import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE, type METRICS } from './settings';

export type PublishMetric = (name: (typeof METRICS)[keyof typeof METRICS], value: number) => void;

/** Metrics in embedded metric format on standard output, with the dimension Environment. */
export function createPublishMetric(environment: string): PublishMetric {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: 'housekeeper' });
  // Powertools adds a dimension `service`, which the scaler's metrics lack too.
  metrics.clearDefaultDimensions();
  return (name, value) => {
    metrics.addDimensions({ Environment: environment });
    metrics.addMetric(name, MetricUnit.Count, value);
    metrics.publishStoredMetrics();
  };
}
