/** The runners that serve one queue: what an instance is (launch template), may do (role) and how many there can be (group). */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { instanceLogGroup, runnerTokenSecret, TAGS } from '../../config/names';
import type { Config, FleetConfig } from '../../config/schema';
import type { Network } from '../network/network';
import { FleetGroup } from './fleet-group';
import { FleetHours } from './fleet-hours';
import { FleetLaunchTemplate } from './fleet-launch-template';
import { InstanceRole, toInstanceStatements } from './instance-role';
import type { PromotedImage } from './promoted-images';
import { toBootEnvironment } from './to-boot-environment';

/** By the hour of the day, the scaler launches the warm capacity when the fleet has opened. */
const toWarmAtOpening = (warm: FleetConfig['warm']) => (typeof warm === 'number' ? warm : 0);

export interface FleetProps {
  config: Config;
  fleet: FleetConfig;
  network: Network;
  image: PromotedImage;
  /** What leads instances out. */
  drain: ITerraformDependable[];
}

export class Fleet extends Construct {
  /** What the scaler needs before it can act on the fleet. */
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, { config, fleet, network, image, drain }: FleetProps) {
    super(scope, id);
    const { environment, organization } = config;
    const key = organization.kmsKeyArn;
    const tags = { ...fleet.tags, [TAGS.fleet]: fleet.name };

    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: instanceLogGroup(environment, fleet.name),
      retentionInDays: config.scaler.logDays,
      ...(key ? { kmsKeyId: key } : {}),
      tags,
    });
    // Empty: `make secrets` fills it, so that no token is ever in the state.
    const token = new SecretsmanagerSecret(this, 'runner-token', {
      name: runnerTokenSecret(environment, fleet.name),
      description: `Runner token of fleet ${fleet.name}. Filled by: make secrets ENV=${environment} FLEET=${fleet.name}`,
      // Gone at once when destroyed: a secret that waits for its deletion blocks the next deploy of the same name.
      recoveryWindowInDays: 0,
      ...(key ? { kmsKeyId: key } : {}),
      tags,
    });
    const role = new InstanceRole(this, 'role', {
      config,
      name: fleet.name,
      statements: toInstanceStatements(config, fleet),
      tags,
    });
    const template = new FleetLaunchTemplate(this, 'template', {
      config,
      fleet,
      // Elsewhere the group names the types.
      ...(fleet.warmPool ? { instanceType: fleet.instanceTypes[0] } : {}),
      bootEnvironment: toBootEnvironment(config, fleet),
      network,
      image,
      instanceProfile: role.instanceProfile,
    });
    const group = new FleetGroup(this, 'group', {
      config,
      fleet,
      subnetIds: network.subnetIds,
      launchTemplateId: template.id,
      // What an instance needs in order to drain has to outlive the group.
      needs: [...role.ready, logs, token, ...network.ready, ...drain],
    });
    if (fleet.hours) {
      new FleetHours(this, 'hours', {
        groupName: group.name,
        hours: fleet.hours,
        warm: toWarmAtOpening(fleet.warm),
      });
    }
    this.ready = group.ready;
  }
}
