/** The operator's AWS clients on the local cloud. Its credentials open nothing but the local cloud. */
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';

export const operatorEnvironment = (awsUrl: string, region: string) => ({
  AWS_ENDPOINT_URL: awsUrl,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: 'operator',
  AWS_SECRET_ACCESS_KEY: 'operator',
});

export function makeClients(awsUrl: string, region: string) {
  const settings = {
    endpoint: awsUrl,
    region,
    credentials: { accessKeyId: 'operator', secretAccessKey: 'operator' },
  };
  return { settings, autoScaling: new AutoScalingClient(settings), ec2: new EC2Client(settings) };
}
