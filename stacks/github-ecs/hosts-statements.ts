/**
 * What a host of containers may do in its cluster: its agent registers it and runs tasks, its drain takes it out. The
 * credentials of tasks come from ECS, by their own roles; images are pulled and logs written by the execution role.
 */
import { CONTAINER_HOSTS, clusterName } from '../../config/names';
import type { Config, HostsConfig } from '../../config/schema';
import { buildArns } from '../arns';
import { toOwnStatements } from '../fleet/instance-role';
import type { Statement } from '../service-role';

export function toHostsStatements(config: Config, { image }: HostsConfig): Statement[] {
  const arns = buildArns(config.aws);
  const cluster = clusterName(config.environment);
  return [
    ...toOwnStatements(config, { name: CONTAINER_HOSTS, image }),
    {
      Sid: 'Cluster',
      Action: [
        'ecs:DeregisterContainerInstance',
        'ecs:DescribeClusters',
        'ecs:RegisterContainerInstance',
        'ecs:SubmitAttachmentStateChanges',
        'ecs:SubmitContainerStateChange',
        'ecs:SubmitTaskStateChange',
      ],
      Resource: [arns.named('ecs', `cluster/${cluster}`)],
    },
    {
      // AWS knows no finer resource than one of the cluster: each has an id that nobody knows before it registers.
      Sid: 'ContainerInstance',
      Action: [
        'ecs:DescribeContainerInstances',
        'ecs:Poll',
        'ecs:StartTelemetrySession',
        'ecs:UpdateContainerInstancesState',
      ],
      Resource: [arns.named('ecs', `container-instance/${cluster}/*`)],
    },
    {
      // AWS offers no resource to name for this.
      Sid: 'PollEndpoint',
      Action: ['ecs:DiscoverPollEndpoint'],
      Resource: ['*'],
    },
  ];
}
