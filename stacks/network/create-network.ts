/** The network that instances live in: a VPC of its own, or one that is there already. */
import type { Construct } from 'constructs';
import type { Config } from '../../config/schema';
import { ExistingNetwork } from './existing-network';
import type { Network } from './network';
import { NewNetwork } from './new-network';

export function createNetwork(scope: Construct, id: string, config: Config): Network {
  const { environment, aws, network, scaler } = config;
  return network.kind === 'new'
    ? new NewNetwork(scope, id, { environment, region: aws.region, network, lambdas: scaler.inVpc })
    : new ExistingNetwork(scope, id, { environment, network });
}
