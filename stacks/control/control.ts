/** What decides how many instances there are, how it is started every minute, and who hears when it fails. */
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { Config } from '../../config/schema';
import type { Network } from '../network/network';
import { Alarms } from './alarms';
import { ApiTokens } from './api-tokens';
import { ScalerFunction } from './scaler-function';
import type { ScalerPackage } from './scaler-package';
import { ScalerSchedule } from './scaler-schedule';

export interface ControlProps {
  config: Config;
  network: Network;
  scalerPackage: ScalerPackage;
  /** The groups that the scaler acts on. */
  fleets: ITerraformDependable[];
}

export class Control extends Construct {
  constructor(scope: Construct, id: string, { config, network, scalerPackage, fleets }: ControlProps) {
    super(scope, id);
    new ApiTokens(this, 'tokens', config);
    const scaler = new ScalerFunction(this, 'scaler', { config, network, scalerPackage });
    new ScalerSchedule(this, 'schedule', {
      config,
      functionArn: scaler.arn,
      // After the groups, so that a first deploy polls nothing that is missing; a destroy stops polling first.
      after: [...fleets, ...scaler.ready],
    });
    new Alarms(this, 'alarms', config);
  }
}
