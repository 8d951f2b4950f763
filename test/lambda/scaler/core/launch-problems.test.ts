import { toLaunchProblem } from '../../../../lambda/scaler/core/launch-problems';

/** As activities of real groups say it: collected from AWS's documentation and from what people have published. */
const SAID: [problem: string, message: string][] = [
  [
    'no-spot-capacity',
    'There is no Spot capacity available that matches your request. Launching EC2 instance failed.',
  ],
  [
    'no-spot-capacity',
    'Could not launch Spot Instances. InsufficientInstanceCapacity - There is no Spot capacity available that matches your request. Launching EC2 instance failed.',
  ],
  [
    'no-spot-capacity',
    'Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Please adjust your request and try again. Launching EC2 instance failed.',
  ],
  [
    'no-capacity',
    'We currently do not have sufficient m5.large capacity in the Availability Zone you requested (us-east-1a). Our system will be working on provisioning additional capacity. You can currently get m5.large capacity by not specifying an Availability Zone in your request or choosing us-east-1b. Launching EC2 instance failed.',
  ],
  [
    'no-capacity',
    'Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient m5.large capacity in the Availability Zone you requested (us-east-1a). Launching EC2 instance failed.',
  ],
  [
    'quota',
    'You have requested more vCPU capacity than your current vCPU limit of 32 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit. Launching EC2 instance failed.',
  ],
  [
    'quota',
    'Could not launch On-Demand Instances. VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of 0 allows. Launching EC2 instance failed.',
  ],
  [
    'quota',
    'You have requested more instances (4) than your current instance limit of 2 allows for the specified instance type. Launching EC2 instance failed.',
  ],
  ['quota', 'Max spot instance count exceeded. Launching EC2 instance failed.'],
  [
    'quota',
    'Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded. Launching EC2 instance failed.',
  ],
  ['image-invalid', "The image id '[ami-0c37ac84e611f43e0]' does not exist. Launching EC2 instance failed."],
  [
    'image-invalid',
    "AMI ami-059f8e2bf146b1e8f is invalid: The image id '[ami-059f8e2bf146b1e8f]' does not exist",
  ],
  ['image-invalid', 'Not authorized for images: [ami-0c37ac84e611f43e0]. Launching EC2 instance failed.'],
  [
    'image-invalid',
    "The architecture 'arm64' of the specified instance type does not match the architecture 'x86_64' of the specified AMI. Launching EC2 instance failed.",
  ],
  [
    'role-missing',
    'Could not launch Spot Instances. AuthFailure.ServiceLinkedRoleCreationNotPermitted - The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances. Launching EC2 instance failed.',
  ],
  [
    'role-missing',
    'Access denied when attempting to assume role arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling. Launching EC2 instance failed.',
  ],
  [
    'role-missing',
    'Value (muster-dev-linux-instance) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name. Launching EC2 instance failed.',
  ],
  [
    'key-denied',
    'Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: Client.InternalError: Client error on launch',
  ],
  [
    'key-denied',
    'Instance became unhealthy while waiting for instance to be in InService state. Termination Reason: Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state',
  ],
  [
    'key-denied',
    'One or more of the attached Amazon EBS volumes are encrypted with an inaccessible AWS KMS key.',
  ],
  [
    'subnet-full',
    "There are not enough free addresses in subnet 'subnet-66d3dd2c' to satisfy the requested number of instances. Launching EC2 instance failed.",
  ],
  [
    'not-ready',
    "Instance failed to complete user's Lifecycle Action: Lifecycle Action with token a054c99b-cda0-4210-b3c5-4774e971c307 was abandoned: Lifecycle Action Completed with ABANDON Result",
  ],
  ['unknown', 'The requested configuration is currently not supported. Launching EC2 instance failed.'],
  ['unknown', ''],
];

test.each(SAID)('%s: %s', (problem, message) => {
  expect(toLaunchProblem(message)).toBe(problem);
});
