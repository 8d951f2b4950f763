import type { _InstanceType, RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { smokeLogGroup, smokeRoleName, TAGS } from '../../config/names';
import type { Config } from '../../config/schema';
import { type BootEnvironment, toUserData } from '../../stacks/boot-environment';
import { toInstanceEnvironment } from '../../stacks/fleet/to-instance-environment';
import { NO_NOMAD } from '../../stacks/fleet/to-nomad-environment';
import { toBuilderType } from '../image/builder-type';
import type { SmokePlace } from './read-smoke-place';

interface SmokeInstance {
  config: Config;
  image: string;
  amiId: string;
  place: SmokePlace;
  subnetId: string;
  /** So that a repeated request starts one machine. */
  clientToken: string;
}

export function toSmokeInstance(smoke: SmokeInstance): RunInstancesCommandInput {
  const { config, image, amiId, place, subnetId, clientToken } = smoke;
  const tags = {
    ...config.organization.tags,
    Name: `muster-${config.environment}-smoke`,
    [TAGS.environment]: config.environment,
    [TAGS.image]: image,
  };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return {
    ImageId: amiId,
    InstanceType: toBuilderType(config.images[image]?.architecture ?? 'x86_64') as _InstanceType,
    MinCount: 1,
    MaxCount: 1,
    ClientToken: clientToken,
    IamInstanceProfile: { Name: smokeRoleName(config.environment) },
    // It powers itself off at the end, and then nothing must be left.
    InstanceInitiatedShutdownBehavior: 'terminate',
    MetadataOptions: {
      HttpEndpoint: 'enabled',
      HttpTokens: 'required',
      HttpPutResponseHopLimit: 1,
      InstanceMetadataTags: 'enabled',
    },
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        SubnetId: subnetId,
        Groups: [place.securityGroupId],
        AssociatePublicIpAddress: place.publicIp,
        DeleteOnTermination: true,
      },
    ],
    TagSpecifications: (['instance', 'volume', 'network-interface'] as const).map((ResourceType) => ({
      ResourceType,
      Tags,
    })),
    UserData: Buffer.from(toUserData(toSmokeEnvironment(config, image))).toString('base64'),
  };
}

/** A boot environment without CI, group and token: there are none. */
export function toSmokeEnvironment(config: Config, image: string): BootEnvironment {
  const { environment, images } = config;
  return {
    ...toInstanceEnvironment(config, { name: 'smoke', image }),
    ...NO_NOMAD,
    MUSTER_GROUP: '',
    MUSTER_CI: 'smoke',
    MUSTER_CI_URL: '',
    MUSTER_QUEUE: '',
    MUSTER_SERVES: 'one-job',
    MUSTER_PROTECTION: 'busy',
    MUSTER_EXECUTOR: '',
    MUSTER_DOCKER_IMAGE: '',
    MUSTER_MAX_AGE: 3600,
    MUSTER_RUNNER_TOKEN_SECRET: '',
    MUSTER_LOG_GROUP: smokeLogGroup(environment),
    MUSTER_LAUNCHING_HOOK: '',
    MUSTER_TERMINATING_HOOK: '',
    MUSTER_LAUNCHING_HEARTBEAT: 0,
    MUSTER_TERMINATING_HEARTBEAT: 0,
    MUSTER_JOB_LIMIT: 600,
    MUSTER_IDLE_TIMEOUT: 60,
    MUSTER_SLOTS: 1,
    MUSTER_DOCKER: images[image]?.toolchains.includes('docker') ? 'rootless' : 'none',
  };
}
