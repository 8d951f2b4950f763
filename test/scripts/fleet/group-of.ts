import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';

export const INSTANCE = 'i-0123456789abcdef0';

/** The group of the perfect config's fleet with one instance, and something changed. */
export const groupOf = (
  LifecycleState: string | undefined = 'InService',
  changes: Partial<AutoScalingGroup> = {},
): AutoScalingGroup => ({
  AutoScalingGroupName: 'muster-dev-linux',
  MinSize: 0,
  MaxSize: 3,
  DesiredCapacity: 1,
  DefaultCooldown: 0,
  AvailabilityZones: [],
  HealthCheckType: 'EC2',
  CreatedTime: new Date(0),
  Instances: [
    {
      InstanceId: INSTANCE,
      LifecycleState: LifecycleState as 'InService',
      AvailabilityZone: 'a',
      HealthStatus: 'Healthy',
      ProtectedFromScaleIn: false,
    },
  ],
  Tags: [],
  ...changes,
});
