import type { AutoScalingGroup, Instance } from '@aws-sdk/client-auto-scaling';
import type { Distribution, Group } from '../ports';

/** What AWS says of a group, as capacity. */
export function toGroup(group: AutoScalingGroup, readAt: number): Group {
  const { AutoScalingGroupName: name, DesiredCapacity, MinSize, MaxSize, Status } = group;
  // AWS sets a status only while the group is being deleted.
  if (Status)
    return { kind: 'unknown', problem: 'group-missing', detail: `group ${name} has the status "${Status}"` };
  if (DesiredCapacity === undefined || MinSize === undefined || MaxSize === undefined)
    return { kind: 'unknown', problem: 'aws-error', detail: `group ${name} came without its sizes` };
  const instances = (group.Instances ?? []).map((instance) => ({ ...instance, kind: toKind(instance) }));
  const ids = (kind: Kind) =>
    instances.flatMap((instance) => (instance.kind === kind ? [instance.InstanceId ?? ''] : []));
  const distribution = toDistribution(group);
  const onDemandPercent = distribution?.OnDemandPercentageAboveBaseCapacity;
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
      held: ids('held'),
      other: ids('other').length,
      draining: instances.flatMap(({ kind, ProtectedFromScaleIn, InstanceId }) =>
        kind === 'leaving' && ProtectedFromScaleIn ? [InstanceId ?? ''] : [],
      ),
      suspended: (group.SuspendedProcesses ?? []).map(({ ProcessName }) => ProcessName ?? ''),
      ...(typeof onDemandPercent === 'number' ? { onDemandPercent } : {}),
    },
    ...(distribution ? { distribution } : {}),
  };
}

/** What can be sent back as it is: AWS answers its own defaults too, and takes a number of pools with lowest-price alone. */
function toDistribution({ MixedInstancesPolicy }: AutoScalingGroup): Distribution | undefined {
  const distribution = MixedInstancesPolicy?.InstancesDistribution;
  if (!distribution) return undefined;
  const hasPools = distribution.SpotAllocationStrategy === 'lowest-price';
  const known = Object.entries(distribution).filter(
    ([key, value]) =>
      (typeof value === 'number' || (typeof value === 'string' && value !== '')) &&
      (key !== 'SpotInstancePools' || hasPools),
  );
  return Object.fromEntries(known) as Distribution;
}

type Kind = 'pending' | 'inService' | 'held' | 'leaving' | 'other' | 'gone';

/** Warm-pool instances (`Warmed:…`) are no capacity, and those that end, or are held, do not count any more. */
function toKind(instance: Instance): Kind {
  const state: string = instance.LifecycleState ?? '';
  if (state === 'InService') return 'inService';
  if (state.startsWith('Pending')) return 'pending';
  if (state.endsWith('Standby')) return 'held';
  // Whose hook is over has no job.
  if (state === 'Terminating' || state === 'Terminating:Wait') return 'leaving';
  if (/^(Terminat|Detached|Warmed:)/.test(state)) return 'gone';
  return 'other';
}
