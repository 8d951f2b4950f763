/** What decides how many instances there are and tidies up after them, what starts it, and who hears when it fails. */
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { housekeeperName, scalerName } from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import type { Packages } from '../lambda/publish-packages';
import type { Network } from '../network/network';
import { Schedules } from '../schedules';
import type { Statement } from '../service-role';
import { Alarms } from './alarms';
import { ApiTokens } from './api-tokens';
import { createHousekeeper } from './create-housekeeper';
import { createScaler } from './create-scaler';
import { Dashboard } from './dashboard';
import { toHousekeeperSchedules } from './housekeeper-schedules';
import { StoppedTasks } from './stopped-tasks';
import { Webhook } from './webhook';

export interface ControlProps {
  config: Config;
  network: Network;
  packages: Packages;
  /** The groups that the scaler acts on. */
  fleets: ITerraformDependable[];
}

export class Control extends Construct {
  constructor(scope: Construct, id: string, { config, network, packages, fleets }: ControlProps) {
    super(scope, id);
    const { environment } = config;
    const arns = buildArns(config.aws);
    const start = (name: string): Statement[] => [
      { Sid: 'Start', Action: ['lambda:InvokeFunction'], Resource: [arns.lambda(name)] },
    ];
    new ApiTokens(this, 'tokens', config);

    // Runners of GitHub are started by workflows: without a fleet there is nothing to scale.
    if (config.fleets.length > 0) {
      const scaler = createScaler(this, 'scaler', { config, network, package: packages.scaler });
      const name = scalerName(environment);
      new Schedules(this, 'schedule', {
        config,
        roleName: `${name}-schedule`,
        statements: start(name),
        targetArn: scaler.arn,
        schedules: [{ id: 'schedule', name, description: `Starts ${name}`, expression: 'rate(1 minute)' }],
        // The next minute brings the next start: a late one would only overlap with it.
        retry: { attempts: 0, maxAgeSeconds: 60 },
        // After the groups, so that a first deploy polls nothing that is missing; a destroy stops polling first.
        after: [...fleets, ...scaler.ready],
      });
    }

    const housekeeper = createHousekeeper(this, 'housekeeper', {
      config,
      network,
      package: packages.housekeeper,
    });
    new Schedules(this, 'housekeeping', {
      config,
      roleName: `${housekeeperName(environment)}-schedule`,
      statements: start(housekeeperName(environment)),
      targetArn: housekeeper.arn,
      schedules: toHousekeeperSchedules(config),
      retry: { attempts: 2, maxAgeSeconds: 900 },
      after: [...fleets, ...housekeeper.ready],
    });
    if (config.githubEcs) new StoppedTasks(this, 'stopped-tasks', { config, lambda: housekeeper });
    if (packages.webhook) new Webhook(this, 'webhook', { config, package: packages.webhook });
    new Alarms(this, 'alarms', config);
    if (config.dashboard) new Dashboard(this, 'dashboard', config);
  }
}
