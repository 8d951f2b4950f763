/** The Lambda that tidies up what fleets and bakes leave behind, ends instances that hang and reminds of what is put aside. */
import type { Construct } from 'constructs';
import { housekeeperName } from '../../config/names';
import type { Config } from '../../config/schema';
import type { LambdaPackage } from '../lambda/publish-packages';
import { ServiceFunction } from '../lambda/service-function';
import type { Network } from '../network/network';
import { toHousekeeperStatements } from './housekeeper-statements';

export interface HousekeeperProps {
  config: Config;
  network: Network;
  package: LambdaPackage;
}

/** Hundreds of images, one after the other, with a good share for AWS's throttling. */
const TIMEOUT_SECONDS = 300;

const MEMORY_MB = 256;

export function createHousekeeper(
  scope: Construct,
  id: string,
  { config, network, ...props }: HousekeeperProps,
): ServiceFunction {
  return new ServiceFunction(scope, id, {
    config,
    name: housekeeperName(config.environment),
    description: `Tidies up what the fleets and bakes of ${config.environment} leave behind`,
    package: props.package,
    statements: toHousekeeperStatements(config),
    timeoutSeconds: TIMEOUT_SECONDS,
    memoryMb: MEMORY_MB,
    // What it does twice is done already. The images are tidied once a day only, so a hiccup must not cost the day.
    invocation: { retries: 2, maxAgeSeconds: 900 },
    // Where the scaler reaches a GitLab that only the VPC can reach, so does this.
    network: config.scaler.inVpc ? network : undefined,
  });
}
