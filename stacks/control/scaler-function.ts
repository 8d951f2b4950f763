/** The Lambda that decides how many: one function for all fleets of the environment. */

import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config';
import { AssetType, type ITerraformDependable, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import { scalerName } from '../../config/names';
import type { Config } from '../../config/schema';
import type { Network } from '../network/network';
import { ServiceRole } from '../service-role';
import type { ScalerPackage } from './scaler-package';
import { scalerLogGroup, toScalerStatements } from './scaler-statements';

export interface ScalerFunctionProps {
  config: Config;
  network: Network;
  scalerPackage: ScalerPackage;
}

/** Polls for a minute; the rest is for the last poll to end and for a cold start. */
const TIMEOUT_SECONDS = 70;

/** 1,000 fleets in one tick stay below; memory buys CPU too, and 128 MB made the cold start slow. */
const MEMORY_MB = 256;

export class ScalerFunction extends Construct {
  readonly arn: string;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, { config, network, scalerPackage }: ScalerFunctionProps) {
    super(scope, id);
    const { environment, organization, scaler } = config;
    const name = scalerName(environment);
    const role = new ServiceRole(this, 'role', {
      name,
      service: 'lambda.amazonaws.com',
      statements: toScalerStatements(config),
      organization,
    });
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: scalerLogGroup(environment),
      retentionInDays: scaler.logDays,
      ...(organization.kmsKeyArn ? { kmsKeyId: organization.kmsKeyArn } : {}),
    });
    const asset = new TerraformAsset(this, 'package', { path: scalerPackage.file, type: AssetType.FILE });
    const lambda = new LambdaFunction(this, 'function', {
      functionName: name,
      description: `Decides how many instances the fleets of ${environment} have`,
      role: role.arn,
      architectures: ['arm64'],
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      filename: asset.path,
      sourceCodeHash: scalerPackage.sha256Base64,
      memorySize: MEMORY_MB,
      timeout: TIMEOUT_SECONDS,
      ...(scaler.inVpc
        ? { vpcConfig: { subnetIds: network.subnetIds, securityGroupIds: [network.securityGroupId] } }
        : {}),
      dependsOn: [...role.ready, logs, ...(scaler.inVpc ? network.ready : [])],
    });
    // A minute later there is a fresh invocation: repeating this one would only overlap with it.
    const invocation = new LambdaFunctionEventInvokeConfig(this, 'invocation', {
      functionName: lambda.functionName,
      maximumRetryAttempts: 0,
      maximumEventAgeInSeconds: 60,
    });
    this.arn = lambda.arn;
    this.ready = [invocation];
  }
}
