/** What an instance is. A promotion adds a version with another image; the group always takes the newest. */
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import { Construct } from 'constructs';
import { launchTemplateName } from '../../config/names';
import type { Config, FleetConfig } from '../../config/schema';
import { type BootEnvironment, toUserData } from '../boot-environment';
import type { Network } from '../network/network';
import { toFleetTags } from './fleet-tags';
import type { PromotedImage } from './promoted-images';

export interface FleetLaunchTemplateProps {
  config: Config;
  fleet: Pick<FleetConfig, 'name' | 'tags' | 'diskGb'>;
  /** The one type of its instances, where the group does not name the types. */
  instanceType?: string | undefined;
  bootEnvironment: BootEnvironment;
  network: Network;
  image: PromotedImage;
  /** Name of the instance profile. */
  instanceProfile: string;
}

export class FleetLaunchTemplate extends Construct {
  readonly id: string;

  constructor(scope: Construct, id: string, props: FleetLaunchTemplateProps) {
    super(scope, id);
    const { config, fleet, instanceType, bootEnvironment, network, image, instanceProfile } = props;
    const tags = toFleetTags(config, fleet);
    const template = new LaunchTemplate(this, 'template', {
      name: launchTemplateName(config.environment, fleet.name),
      imageId: image.id,
      // A promotion's version is made from the one before, so it keeps this.
      ...(instanceType ? { instanceType } : {}),
      iamInstanceProfile: { name: instanceProfile },
      userData: Buffer.from(toUserData(bootEnvironment)).toString('base64'),
      // A power-off, the last resort of a leaving instance, must not leave a stopped machine behind.
      instanceInitiatedShutdownBehavior: 'terminate',
      metadataOptions: {
        httpEndpoint: 'enabled',
        // No version 1 and one hop: a container or a forwarded request gets no credentials.
        httpTokens: 'required',
        httpPutResponseHopLimit: 1,
        instanceMetadataTags: 'enabled',
      },
      blockDeviceMappings: [
        {
          deviceName: image.rootDeviceName,
          ebs: {
            volumeSize: fleet.diskGb,
            volumeType: 'gp3',
            encrypted: 'true',
            deleteOnTermination: 'true',
            ...(config.organization.kmsKeyArn ? { kmsKeyId: config.organization.kmsKeyArn } : {}),
          },
        },
      ],
      networkInterfaces: [
        {
          associatePublicIpAddress: String(network.publicIp),
          deleteOnTermination: 'true',
          securityGroups: [network.securityGroupId],
        },
      ],
      tagSpecifications: ['instance', 'volume', 'network-interface'].map((resourceType) => ({
        resourceType,
        tags,
      })),
      // A promotion describes its own version; the next deploy leaves that as it is.
      lifecycle: { ignoreChanges: ['description'] },
    });
    this.id = template.id;
  }
}
