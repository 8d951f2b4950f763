/** The Lambda that decides how many: one function for all fleets of the environment. */
import type { Construct } from 'constructs';
import { scalerName } from '../../config/names';
import type { Config } from '../../config/schema';
import type { LambdaPackage } from '../lambda/publish-packages';
import { ServiceFunction } from '../lambda/service-function';
import type { Network } from '../network/network';
import { toScalerStatements } from './scaler-statements';

export interface ScalerProps {
  config: Config;
  network: Network;
  package: LambdaPackage;
}

/** Polls for a minute; the rest is for the last poll to end and for a cold start. */
const TIMEOUT_SECONDS = 70;

/** 1,000 fleets in one tick stay below; memory buys CPU too, and 128 MB made the cold start slow. */
const MEMORY_MB = 256;

export function createScaler(
  scope: Construct,
  id: string,
  { config, network, ...props }: ScalerProps,
): ServiceFunction {
  return new ServiceFunction(scope, id, {
    config,
    name: scalerName(config.environment),
    description: `Decides how many instances the fleets of ${config.environment} have`,
    package: props.package,
    statements: toScalerStatements(config),
    timeoutSeconds: TIMEOUT_SECONDS,
    memoryMb: MEMORY_MB,
    // A minute later there is a fresh invocation: repeating this one would only overlap with it.
    invocation: { retries: 0, maxAgeSeconds: 60 },
    network: config.scaler.inVpc ? network : undefined,
  });
}
