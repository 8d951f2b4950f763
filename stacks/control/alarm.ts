/** What is watched, and when people hear of it. */
export interface Alarm {
  /** Unique in the construct. */
  id: string;
  name: string;
  /** What it means and what to do. */
  description: string;
  metric: {
    namespace: string;
    name: string;
    dimensions: Record<string, string>;
    statistic: 'Sum' | 'Maximum';
  };
  /** In so many of the last periods. */
  when: {
    comparison: 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold';
    threshold: number;
    periodSeconds: number;
    periods: number;
    ofPeriods: number;
    missing: 'notBreaching' | 'breaching' | 'missing';
  };
  /** Default: when the comparison holds. silence: when no data come any more. */
  tells?: 'silence';
}

/** For what should never happen, and may not happen again soon: tells at once, and for an hour. */
export const ONCE: Alarm['when'] = {
  comparison: 'GreaterThanOrEqualToThreshold',
  threshold: 1,
  periodSeconds: 3600,
  periods: 1,
  ofPeriods: 1,
  missing: 'notBreaching',
};
