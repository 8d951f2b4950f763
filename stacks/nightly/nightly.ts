/** Every night: bakes the images, boots each, and promotes those that prove themselves. Where and when; the how is `make nightly`. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { CodebuildProject } from '@cdktf/provider-aws/lib/codebuild-project';
import { Construct } from 'constructs';
import { nightlyName } from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import type { Network } from '../network/network';
import { Schedules } from '../schedules';
import { ServiceRole } from '../service-role';
import { BuildNetwork } from './build-network';
import { nightlyLogGroup, toNightlyStatements } from './nightly-statements';
import type { Source } from './publish-source';
import { SourceBucket } from './source-bucket';
import { toBuildVariables } from './to-build-variables';

export interface NightlyProps {
  config: Config;
  nightly: NonNullable<Config['nightly']>;
  network: Network;
  source: Source;
}

/** A bake takes about ten minutes and a proof five, a container image five, one image after the other. The housekeeper comes four hours after the start. */
const TIMEOUT_MINUTES = 180;

/** A build that found no machine for so long comes too late for the morning. */
const QUEUED_MINUTES = 60;

export class Nightly extends Construct {
  constructor(scope: Construct, id: string, { config, nightly, network, source }: NightlyProps) {
    super(scope, id);
    const { environment, aws, organization } = config;
    const name = nightlyName(environment);
    const arns = buildArns(aws);
    const bucket = new SourceBucket(this, 'source', { config, source });
    const build = new BuildNetwork(this, 'network', { config, network });
    const role = new ServiceRole(this, 'role', {
      name,
      service: 'codebuild.amazonaws.com',
      // Or any project of any account could be made to use this role.
      trustCondition: { StringEquals: { 'aws:SourceAccount': aws.accountId } },
      statements: toNightlyStatements(config),
      organization,
    });
    const logs = new CloudwatchLogGroup(this, 'logs', {
      name: nightlyLogGroup(environment),
      retentionInDays: config.scaler.logDays,
      ...(organization.kmsKeyArn ? { kmsKeyId: organization.kmsKeyArn } : {}),
    });
    const project = new CodebuildProject(this, 'project', {
      name,
      description: `Renews the images of ${environment}: bake, boot, promote`,
      serviceRole: role.arn,
      // Two would promote over each other.
      concurrentBuildLimit: 1,
      buildTimeout: TIMEOUT_MINUTES,
      queuedTimeout: QUEUED_MINUTES,
      source: {
        type: 'S3',
        location: bucket.location,
        // A path in the source.
        buildspec: 'stacks/nightly/buildspec.yml',
      },
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: {
        type: 'LINUX_CONTAINER',
        computeType: nightly.computeType,
        // Ubuntu: Amazon Linux has another `packer` on its path (of cracklib), which would be taken for ours.
        image: 'aws/codebuild/standard:7.0',
        // Docker, which builds the container image of GitHub's runners, runs in privileged builds only.
        ...(config.githubEcs ? { privilegedMode: true } : {}),
        environmentVariable: Object.entries(toBuildVariables(config, source, build.builderSources)).map(
          ([key, value]) => ({ name: key, value }),
        ),
      },
      ...(build.vpcConfig ? { vpcConfig: build.vpcConfig } : {}),
      logsConfig: { cloudwatchLogs: { status: 'ENABLED', groupName: logs.name } },
      dependsOn: [...role.ready, ...bucket.ready, ...(build.vpcConfig ? network.ready : [])],
    });
    const [hour = 0, minute = 0] = nightly.time.split(':').map(Number);
    new Schedules(this, 'schedule', {
      config,
      roleName: `${name}-schedule`,
      // A start of the scaler that was given up is no matter; one of the nightly build has an alarm.
      groupName: name,
      statements: [
        { Sid: 'Start', Action: ['codebuild:StartBuild'], Resource: [arns.codebuildProject(name)] },
      ],
      targetArn: arns.startBuild,
      schedules: [
        {
          id: 'schedule',
          name,
          description: `Starts ${name}`,
          expression: `cron(${minute} ${hour} * * ? *)`,
          timeZone: nightly.timeZone,
          // AWS writes the parameters of its API with a capital here.
          input: { ProjectName: name },
        },
      ],
      // A night that is left out is told by the alarm; a start that comes twice would fail at the limit of one.
      retry: { attempts: 0, maxAgeSeconds: 3600 },
      after: [project],
    });
  }
}
