/** One of our Lambdas: the function with its role, its log group and how often AWS repeats what failed. */

import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { LambdaFunction } from '@cdktf/provider-aws/lib/lambda-function';
import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config';
import { AssetType, type ITerraformDependable, TerraformAsset } from 'cdktf';
import { Construct } from 'constructs';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import type { Network } from '../network/network';
import { ServiceRole, type Statement } from '../service-role';
import type { LambdaPackage } from './publish-packages';

export interface ServiceFunctionProps {
  config: Config;
  name: string;
  description: string;
  package: LambdaPackage;
  /** What it may do, beside writing its log and living in its network. */
  statements: Statement[];
  timeoutSeconds: number;
  memoryMb: number;
  /** How AWS repeats an invocation that failed, and how old one may be when it starts. */
  invocation: { retries: number; maxAgeSeconds: number };
  /** Where it lives; undefined: outside of the VPC. */
  network?: Network | undefined;
}

/** Lambda chooses the name of a function's log group. */
export const functionLogGroup = (name: string) => `/aws/lambda/${name}`;

export class ServiceFunction extends Construct {
  readonly arn: string;
  readonly name: string;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const { config, name, network } = props;
    const { organization, aws } = config;
    const arns = buildArns(aws);
    const role = new ServiceRole(this, 'role', {
      name,
      service: 'lambda.amazonaws.com',
      statements: [
        {
          Sid: 'Logs',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: [arns.logStreams(functionLogGroup(name))],
        },
        ...props.statements,
        ...(network ? toVpcStatements(arns.lambda(name)) : []),
      ],
      organization,
    });
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: functionLogGroup(name),
      retentionInDays: config.scaler.logDays,
      ...(organization.kmsKeyArn ? { kmsKeyId: organization.kmsKeyArn } : {}),
    });
    const asset = new TerraformAsset(this, 'package', { path: props.package.file, type: AssetType.FILE });
    const lambda = new LambdaFunction(this, 'function', {
      functionName: name,
      description: props.description,
      role: role.arn,
      architectures: ['arm64'],
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      filename: asset.path,
      sourceCodeHash: props.package.sha256Base64,
      memorySize: props.memoryMb,
      timeout: props.timeoutSeconds,
      ...(network
        ? { vpcConfig: { subnetIds: network.subnetIds, securityGroupIds: [network.securityGroupId] } }
        : {}),
      dependsOn: [...role.ready, logs, ...(network ? network.ready : [])],
    });
    const invocation = new LambdaFunctionEventInvokeConfig(this, 'invocation', {
      functionName: lambda.functionName,
      maximumRetryAttempts: props.invocation.retries,
      maximumEventAgeInSeconds: props.invocation.maxAgeSeconds,
    });
    this.arn = lambda.arn;
    this.name = lambda.functionName;
    this.ready = [invocation];
  }
}

/** What Lambda itself needs to attach a function to a VPC, denied to the code that runs in it, as AWS advises. */
function toVpcStatements(functionArn: string): Statement[] {
  const actions = [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ];
  return [
    { Sid: 'Vpc', Action: actions, Resource: ['*'] },
    {
      Sid: 'VpcNotFromCode',
      Effect: 'Deny',
      Action: actions,
      Resource: ['*'],
      Condition: { ArnEquals: { 'lambda:SourceFunctionArn': functionArn } },
    },
  ];
}
