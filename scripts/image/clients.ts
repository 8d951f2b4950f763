import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';

export interface ImageClients {
  /** One for each region: images can be copied. */
  ec2: (region: string) => EC2Client;
  ssm: SSMClient;
  autoScaling: AutoScalingClient;
  logs: CloudWatchLogsClient;
}

export function createImageClients(region: string): ImageClients {
  const made = new Map<string, EC2Client>();
  return {
    ec2: (name) => {
      const client = made.get(name) ?? new EC2Client({ region: name });
      made.set(name, client);
      return client;
    },
    ssm: new SSMClient({ region }),
    autoScaling: new AutoScalingClient({ region }),
    logs: new CloudWatchLogsClient({ region }),
  };
}
