import type { AutoScalingGroup, Instance } from '@aws-sdk/client-auto-scaling';
import type { Group } from '../ports';

/** What AWS says of a group, as capacity. */
export function toGroup(group: AutoScalingGroup, readAt: number): Group {
  const { AutoScalingGroupName: name, DesiredCapacity, MinSize, MaxSize, Status } = group;
  // AWS sets a status only while the group is being deleted.
  if (Status)
    return { kind: 'unknown', problem: 'group-missing', detail: `group ${name} has the status "${Status}"` };
  if (DesiredCapacity === undefined || MinSize === undefined || MaxSize === undefined)
    return { kind: 'unknown', problem: 'aws-error', detail: `group ${name} came without its sizes` };
  const ids = (kind: ReturnType<typeof toKind>) =>
    (group.Instances ?? [])
      .filter((instance) => toKind(instance) === kind)
      .map(({ InstanceId }) => InstanceId ?? '');
  return {
    kind: 'known',
    readAt,
    tags: Object.fromEntries((group.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
    capacity: {
      kind: 'known',
      desired: DesiredCapacity,
      min: MinSize,
      max: MaxSize,
      pending: ids('pending'),
      inService: ids('inService'),
      other: ids('other').length,
      suspended: (group.SuspendedProcesses ?? []).map(({ ProcessName }) => ProcessName ?? ''),
    },
  };
}

/** Warm-pool instances (`Warmed:…`) are no capacity, and those that end do not count any more. */
function toKind(instance: Instance): 'pending' | 'inService' | 'other' | 'gone' {
  const state: string = instance.LifecycleState ?? '';
  if (state === 'InService') return 'inService';
  if (state.startsWith('Pending')) return 'pending';
  if (/^(Terminat|Detached|Warmed:)/.test(state)) return 'gone';
  return 'other';
}
