import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/**
 * Metrics in embedded metric format on standard output.
 * @returns what publishes one set: counts by name, under exactly these dimensions; nothing where there are no counts
 */
export function createPublishMetrics(namespace: string) {
  const metrics = new Metrics({ namespace });
  // Powertools adds a dimension `service`, which alarms do not look for.
  metrics.clearDefaultDimensions();
  return (dimensions: Record<string, string>, counts: Readonly<Record<string, number>>): void => {
    const counted = Object.entries(counts);
    if (counted.length === 0) return;
    metrics.addDimensions(dimensions);
    for (const [name, value] of counted) metrics.addMetric(name, MetricUnit.Count, value);
    metrics.publishStoredMetrics();
  };
}
