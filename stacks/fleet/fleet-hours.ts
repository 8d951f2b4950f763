/** Opens and closes a group by the clock, so that a fleet closes even when the scaler is dead. */
import { AutoscalingSchedule } from '@cdktf/provider-aws/lib/autoscaling-schedule';
import { Construct } from 'constructs';
import type { FleetConfig, WarmConfig } from '../../config/schema';
import { toScheduledActions } from './scheduled-actions';

export interface FleetHoursProps {
  groupName: string;
  hours: NonNullable<FleetConfig['hours']>;
  warm: WarmConfig;
}

export class FleetHours extends Construct {
  constructor(scope: Construct, id: string, { groupName, hours, warm }: FleetHoursProps) {
    super(scope, id);
    for (const { name, recurrence, desired } of toScheduledActions(hours, warm)) {
      new AutoscalingSchedule(this, name, {
        autoscalingGroupName: groupName,
        scheduledActionName: name,
        recurrence,
        timeZone: hours.timeZone,
        desiredCapacity: desired,
        // -1 leaves a size as it is; omitted means 0.
        minSize: -1,
        maxSize: -1,
      });
    }
  }
}
