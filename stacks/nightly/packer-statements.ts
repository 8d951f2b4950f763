/**
 * What Packer's amazon-ebs builder needs, as its documentation lists it, without what our template never uses. Packer
 * tags all that it makes while making it (packer/runner.pkr.hcl: run_tags): so everything is limited to what carries the
 * tag of the environment, and the tag cannot be put on what is somebody else's.
 */
import { TAGS } from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';
import type { Statement } from '../service-role';

/** Calls that make a thing and tag it at once. */
const TAGGED_WHEN_MADE = ['RunInstances', 'CreateSecurityGroup', 'CreateKeyPair', 'CreateImage'];

/** Packer's temporary key pairs are called packer_<id>. */
const KEY_PAIRS = 'packer_';

export function toPackerStatements({ environment, aws, images }: Config): Statement[] {
  const arns = buildArns(aws);
  const carrying = { [`aws:ResourceTag/${TAGS.environment}`]: environment };
  const asking = { [`aws:RequestTag/${TAGS.environment}`]: environment };
  const machine = { ...carrying, [`aws:ResourceTag/${TAGS.image}`]: Object.keys(images) };
  const made = [
    ...['instance', 'volume', 'network-interface', 'security-group', 'key-pair'].map((kind) =>
      arns.ec2(kind),
    ),
  ];
  const [image, snapshot] = [arns.images(aws.region), arns.snapshots(aws.region)];
  return [
    {
      Sid: 'Look',
      // AWS offers no resource to name for these.
      Action: [
        'ec2:DescribeImages',
        'ec2:DescribeInstanceStatus',
        'ec2:DescribeInstanceTypeOfferings',
        'ec2:DescribeInstances',
        'ec2:DescribeRegions',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSnapshots',
        'ec2:DescribeSubnets',
        'ec2:DescribeTags',
        'ec2:DescribeVolumes',
        'ec2:DescribeVpcs',
      ],
      Resource: ['*'],
    },
    {
      Sid: 'LaunchFrom',
      Action: ['ec2:RunInstances'],
      Resource: [
        image,
        snapshot,
        arns.ec2('network-interface'),
        arns.ec2('security-group'),
        arns.ec2('subnet'),
        arns.keyPairs(KEY_PAIRS),
      ],
    },
    {
      Sid: 'Launch',
      Action: ['ec2:RunInstances'],
      Resource: [arns.instances, arns.ec2('volume')],
      Condition: { StringEquals: asking },
    },
    {
      Sid: 'MakeSecurityGroup',
      Action: ['ec2:CreateSecurityGroup'],
      Resource: [arns.ec2('security-group')],
      Condition: { StringEquals: asking },
    },
    {
      Sid: 'MakeKeyPair',
      Action: ['ec2:CreateKeyPair'],
      Resource: [arns.keyPairs(KEY_PAIRS)],
      Condition: { StringEquals: asking },
    },
    { Sid: 'MakeInVpc', Action: ['ec2:CreateSecurityGroup'], Resource: [arns.ec2('vpc')] },
    {
      Sid: 'Tag',
      Action: ['ec2:CreateTags'],
      Resource: [...made, image, snapshot],
      Condition: { StringEquals: { ...asking, 'ec2:CreateAction': TAGGED_WHEN_MADE } },
    },
    {
      Sid: 'TagAgain',
      Action: ['ec2:CreateTags'],
      Resource: [image, snapshot],
      Condition: { StringEquals: carrying },
    },
    {
      Sid: 'SecurityGroup',
      Action: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:DeleteSecurityGroup'],
      Resource: [arns.ec2('security-group')],
      Condition: { StringEquals: carrying },
    },
    {
      Sid: 'KeyPair',
      Action: ['ec2:DeleteKeyPair'],
      Resource: [arns.keyPairs(KEY_PAIRS)],
      Condition: { StringEquals: carrying },
    },
    {
      // Builders and machines that prove an image carry its name; instances of fleets do not.
      Sid: 'Machine',
      Action: ['ec2:CreateImage', 'ec2:StopInstances', 'ec2:TerminateInstances'],
      Resource: [arns.instances],
      Condition: { StringEquals: machine },
    },
    {
      Sid: 'Image',
      Action: ['ec2:CreateImage'],
      Resource: [image, snapshot],
      Condition: { StringEquals: asking },
    },
    {
      Sid: 'ImageMade',
      // Deregistered when something fails after it was made.
      Action: ['ec2:DeregisterImage', 'ec2:EnableImageDeprecation', 'ec2:ModifyImageAttribute'],
      Resource: [image],
      Condition: { StringEquals: carrying },
    },
    {
      Sid: 'SnapshotMade',
      Action: ['ec2:DeleteSnapshot', 'ec2:ModifySnapshotAttribute'],
      Resource: [snapshot],
      Condition: { StringEquals: carrying },
    },
  ];
}
