/** A part of a CloudWatch dashboard. */
export interface Widget {
  type: 'text' | 'metric' | 'alarm';
  /** On a grid 24 wide. */
  x: number;
  y: number;
  width: number;
  height: number;
  properties: Record<string, unknown>;
}
