/** The real provider against what the local AWS adds to moto: apply, no change on a second plan, destroy. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AutoScalingClient, DescribeWarmPoolCommand } from '@aws-sdk/client-auto-scaling';
import { zipSync } from 'fflate';
import { mustTerraform } from '../stacks/terraform';
import { prepareAccount } from './aws-fleet';
import { type LocalAws, startLocalAws } from './start-local-aws';

const MINUTES = 60_000;
const ASSUMED_BY = (service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }],
  });

let aws: LocalAws;
let directory: string;
beforeEach(async () => {
  aws = await startLocalAws();
  directory = mkdtempSync(join(tmpdir(), 'muster-terraform-'));
}, MINUTES);
afterEach(async () => {
  await aws?.stop();
  rmSync(directory, { recursive: true, force: true });
});

const run = (...args: string[]) =>
  mustTerraform(directory, [...args, '-input=false', '-no-color'], {
    AWS_ENDPOINT_URL: aws.url,
    AWS_ACCESS_KEY_ID: 'operator',
    AWS_SECRET_ACCESS_KEY: 'operator',
    AWS_REGION: aws.client.region,
    AWS_MAX_ATTEMPTS: '2',
  });
const write = (resource: object) =>
  writeFileSync(
    join(directory, 'main.tf.json'),
    JSON.stringify({
      terraform: { required_providers: { aws: { source: 'hashicorp/aws' } } },
      provider: {
        aws: { s3_use_path_style: true, skip_requesting_account_id: false, skip_metadata_api_check: true },
      },
      resource,
    }),
  );

async function applyTwiceAndDestroy(check: () => Promise<void>): Promise<void> {
  await run('init');
  await run('apply', '-auto-approve');
  await check();
  await run('plan', '-detailed-exitcode');
  await run('destroy', '-auto-approve');
}

/** An expression of Terraform. */
const ref = (expression: string) => `\${${expression}}`;
const role = (service: string, name: string) => ({
  [name]: { name, assume_role_policy: ASSUMED_BY(service) },
});

test(
  'a group with a warm pool',
  async () => {
    const account = await prepareAccount(aws);
    write({
      aws_autoscaling_group: {
        fleet: {
          name: 'fleet',
          min_size: 0,
          max_size: 3,
          force_delete: true,
          vpc_zone_identifier: account.subnets.split(','),
          launch_template: { id: account.templateId, version: '$Latest' },
          warm_pool: { pool_state: 'Stopped', min_size: 2, max_group_prepared_capacity: 2 },
          lifecycle: { ignore_changes: ['desired_capacity'] },
        },
      },
    });
    await applyTwiceAndDestroy(async () => {
      const pool = await new AutoScalingClient(aws.client).send(
        new DescribeWarmPoolCommand({ AutoScalingGroupName: 'fleet' }),
      );
      expect(pool.Instances?.map((instance) => instance.LifecycleState)).toEqual([
        'Warmed:Stopped',
        'Warmed:Stopped',
      ]);
    });
  },
  3 * MINUTES,
);

test(
  'a build project with its schedule and alarm',
  async () => {
    writeFileSync(join(directory, 'source.zip'), zipSync({ 'buildspec.yml': new TextEncoder().encode('') }));
    write({
      aws_s3_bucket: { source: { bucket: 'muster-dev-source', force_destroy: true } },
      aws_s3_object: {
        source: {
          bucket: ref('aws_s3_bucket.source.bucket'),
          key: 'source.zip',
          source: join(directory, 'source.zip'),
          source_hash: '1',
        },
      },
      aws_iam_role: {
        ...role('codebuild.amazonaws.com', 'build'),
        ...role('scheduler.amazonaws.com', 'start'),
      },
      aws_cloudwatch_log_group: { nightly: { name: '/muster/dev/nightly', retention_in_days: 30 } },
      aws_codebuild_project: {
        nightly: {
          name: 'muster-dev-nightly',
          description: 'Bakes the images',
          service_role: ref('aws_iam_role.build.arn'),
          build_timeout: 240,
          concurrent_build_limit: 1,
          artifacts: { type: 'NO_ARTIFACTS' },
          environment: {
            type: 'LINUX_CONTAINER',
            compute_type: 'BUILD_GENERAL1_SMALL',
            image: 'aws/codebuild/standard:7.0',
            environment_variable: [{ name: 'MUSTER_ENV', value: 'dev' }],
          },
          source: {
            type: 'S3',
            location: `${ref('aws_s3_bucket.source.bucket')}/source.zip`,
            buildspec: 'version: 0.2\nphases: {build: {commands: [make nightly]}}\n',
          },
          logs_config: { cloudwatch_logs: { group_name: ref('aws_cloudwatch_log_group.nightly.name') } },
          tags: { 'muster:environment': 'dev' },
        },
      },
      aws_scheduler_schedule: {
        nightly: {
          name: 'muster-dev-nightly',
          schedule_expression: 'cron(0 3 * * ? *)',
          schedule_expression_timezone: 'Europe/Berlin',
          flexible_time_window: { mode: 'OFF' },
          target: {
            arn: 'arn:aws:scheduler:::aws-sdk:codebuild:startBuild',
            role_arn: ref('aws_iam_role.start.arn'),
            input: ref('jsonencode({ProjectName = aws_codebuild_project.nightly.name})'),
            retry_policy: { maximum_retry_attempts: 3, maximum_event_age_in_seconds: 3600 },
          },
        },
      },
      aws_cloudwatch_metric_alarm: {
        failed: {
          alarm_name: 'muster-dev-nightly-failed',
          namespace: 'AWS/CodeBuild',
          metric_name: 'FailedBuilds',
          dimensions: { ProjectName: ref('aws_codebuild_project.nightly.name') },
          statistic: 'Sum',
          period: 300,
          evaluation_periods: 1,
          threshold: 1,
          comparison_operator: 'GreaterThanOrEqualToThreshold',
          treat_missing_data: 'notBreaching',
        },
      },
    });
    await applyTwiceAndDestroy(async () => {});
  },
  3 * MINUTES,
);

test(
  'a function with a URL',
  async () => {
    const code = 'exports.handler = async (event) => ({ statusCode: 200, body: event.rawPath });';
    writeFileSync(join(directory, 'code.zip'), zipSync({ 'index.js': new TextEncoder().encode(code) }));
    write({
      aws_iam_role: role('lambda.amazonaws.com', 'webhook'),
      aws_lambda_function: {
        webhook: {
          function_name: 'muster-dev-webhook',
          role: ref('aws_iam_role.webhook.arn'),
          runtime: 'nodejs22.x',
          handler: 'index.handler',
          filename: join(directory, 'code.zip'),
          source_code_hash: '1',
        },
      },
      aws_lambda_function_url: {
        webhook: {
          function_name: ref('aws_lambda_function.webhook.function_name'),
          authorization_type: 'NONE',
        },
      },
      aws_lambda_permission: {
        webhook: {
          statement_id: 'url',
          action: 'lambda:InvokeFunctionUrl',
          function_name: ref('aws_lambda_function.webhook.function_name'),
          principal: '*',
          function_url_auth_type: 'NONE',
        },
      },
    });
    await applyTwiceAndDestroy(async () => {});
  },
  3 * MINUTES,
);
