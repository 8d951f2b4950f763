import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { ImageClients } from '../../../scripts/image/clients';
import type { LocalAws } from '../../local/start-local-aws';

/** The scripts' clients, of the local AWS. */
export const createImageClientsFor = ({ client }: LocalAws): ImageClients => ({
  ec2: (region) => new EC2Client({ ...client, region }),
  ssm: new SSMClient(client),
  autoScaling: new AutoScalingClient(client),
  logs: new CloudWatchLogsClient(client),
});
