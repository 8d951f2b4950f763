/** Where Terraform keeps the state of an environment. */

import { join, relative, resolve } from 'node:path';
import { App, LocalBackend, S3Backend, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import type { Config } from '../config/schema';

export interface AwsBackendProps {
  config: Config;
  /** Where the state file lies when the backend is local. */
  stateDirectory: string;
}

export class AwsBackend extends Construct {
  constructor(scope: Construct, id: string, { config, stateDirectory }: AwsBackendProps) {
    super(scope, id);
    const { state, environment, aws } = config;
    if (state.backend === 'local') {
      // Relative to the folder that Terraform runs in, whatever the present directory: the project can be moved.
      const file = join(stateDirectory, `terraform.muster-${environment}.tfstate`);
      new LocalBackend(this, { path: relative(workingDirectory(this), file) });
      return;
    }
    const backend = new S3Backend(this, {
      bucket: state.bucket,
      key: `muster/${environment}.tfstate`,
      region: state.region ?? aws.region,
      encrypt: true,
      ...(state.kmsKeyArn ? { kmsKeyId: state.kmsKeyArn } : {}),
      ...(state.roleArn ? { assumeRole: { roleArn: state.roleArn } } : {}),
    });
    // cdktf ended before the S3 backend learned to lock with a file of its own.
    backend.addOverride('use_lockfile', true);
  }
}

function workingDirectory(scope: Construct): string {
  const app = App.of(scope);
  const stack = TerraformStack.of(scope);
  return resolve(app.outdir, app.manifest.forStack(stack).workingDirectory);
}
