/** Reads the config of one environment, makes its stack, synthesizes. No logic. */
import { join, resolve } from 'node:path';
import { App } from 'cdktf';
import { readConfig } from './config/load';
import { ConfigError } from './config/problem';
import { publishPackages } from './stacks/lambda/publish-packages';
import { MusterStack } from './stacks/muster-stack';
import { publishSource } from './stacks/nightly/publish-source';

try {
  const environment = process.env.ENV ?? 'dev';
  const configDirectory = resolve(__dirname, process.env.MUSTER_CONFIG_DIR ?? 'config');
  const config = readConfig({ environment, directory: configDirectory });
  const directory = join(__dirname, 'build', environment);
  const app = new App();
  new MusterStack(app, `muster-${environment}`, {
    config,
    packages: publishPackages({ config, directory }),
    source: config.nightly && publishSource({ config, project: __dirname, configDirectory, directory }),
    // A throw-away deploy (the local cloud's) keeps its state elsewhere, so that it never mixes with a real one's.
    stateDirectory: resolve(__dirname, process.env.MUSTER_STATE_DIR ?? '.'),
  });
  app.synth();
} catch (error) {
  // The message says it all; a stack trace would only hide it.
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
