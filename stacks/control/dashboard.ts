/** The dashboard of an environment. It costs nothing for most: see docs/operating.md. */
import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard';
import { Construct } from 'constructs';
import { dashboardName } from '../../config/names';
import type { Config } from '../../config/schema';
import { toDashboard } from './to-dashboard';

export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    new CloudwatchDashboard(this, 'dashboard', {
      dashboardName: dashboardName(config.environment),
      dashboardBody: JSON.stringify(toDashboard(config)),
    });
  }
}
