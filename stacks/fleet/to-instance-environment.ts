/** What any instance of ours is told at boot, whatever it serves. */
import {
  groupName,
  imageParameter,
  instanceLogGroup,
  LAUNCHING_HOOK,
  TERMINATING_HOOK,
} from '../../config/names';
import type { Config, FleetConfig } from '../../config/schema';
import { BOOT_CONTRACT } from '../boot-environment';
import { LAUNCHING_HEARTBEAT, TERMINATING_HEARTBEAT } from './hooks';

export function toInstanceEnvironment(config: Config, { name, image }: Pick<FleetConfig, 'name' | 'image'>) {
  const { environment, aws, organization } = config;
  return {
    MUSTER_CONTRACT: BOOT_CONTRACT,
    MUSTER_ENVIRONMENT: environment,
    MUSTER_FLEET: name,
    MUSTER_GROUP: groupName(environment, name),
    MUSTER_REGION: aws.region,
    MUSTER_IMAGE_PARAMETER: imageParameter(environment, image),
    MUSTER_LOG_GROUP: instanceLogGroup(environment, name),
    MUSTER_LAUNCHING_HOOK: LAUNCHING_HOOK,
    MUSTER_TERMINATING_HOOK: TERMINATING_HOOK,
    MUSTER_LAUNCHING_HEARTBEAT: LAUNCHING_HEARTBEAT,
    MUSTER_TERMINATING_HEARTBEAT: TERMINATING_HEARTBEAT,
    MUSTER_PROXY: organization.proxy ?? '',
    MUSTER_NO_PROXY: organization.proxy ? toNoProxy(config) : '',
  };
}

/** What the config says, and AWS where interface endpoints answer for it. The image adds the machine itself. */
function toNoProxy({ network, organization, aws }: Config): string {
  const hasEndpoints = network.kind === 'new' && network.subnets === 'private' && network.nat === 'none';
  return [...(hasEndpoints ? [`.${aws.region}.amazonaws.com`] : []), ...organization.noProxy].join(',');
}
