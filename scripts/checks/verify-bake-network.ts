import { DescribeSubnetsCommand, DescribeVpcsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { Config } from '../../config/schema';
import { ExpectedError } from '../expected-error';

/** There is a subnet for the machine that bakes: the first of an existing network, else the default VPC. */
export async function verifyBakeNetwork(ec2: EC2Client, { network, aws }: Config): Promise<string> {
  if (network.kind === 'existing') {
    const id = network.subnetIds[0] ?? '';
    const answer = await ec2.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: 'subnet-id', Values: [id] }] }),
    );
    if (!answer.Subnets?.length) {
      throw new ExpectedError(`There is no subnet ${id} in ${aws.region}. Correct network.subnetIds.`);
    }
    return id;
  }
  const answer = await ec2.send(
    new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }),
  );
  const vpc = answer.Vpcs?.[0]?.VpcId;
  if (!vpc) {
    throw new ExpectedError(
      `There is no default VPC in ${aws.region}, and the network of this environment is made by the deploy, which needs an image first.\nMake one for the bake (aws ec2 create-default-vpc --region ${aws.region}), or use network.kind: existing.`,
    );
  }
  return `default VPC ${vpc}`;
}
