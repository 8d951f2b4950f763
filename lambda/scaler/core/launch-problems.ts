/**
 * Why launches fail, by what AWS says of them: Auto Scaling hands on EC2's words, with EC2's error code only where
 * a mixed-instances policy launches. The texts are those of AWS's page "EC2 instance launch failures" and of
 * activities that people have published. The first that fits counts.
 */
interface LaunchProblemEntry {
  says: RegExp;
  meaning: string;
  remedy: string;
}

export const LAUNCH_PROBLEMS = {
  'not-ready': {
    says: /Lifecycle Action/i,
    meaning: 'An instance came, was not ready in time, and was given up.',
    remedy: 'Read its reason in the log group of the fleet, in the stream named like the instance.',
  },
  'key-denied': {
    says: /Client\.InternalError|KMS/,
    meaning: 'The disk of an instance could not be encrypted: Auto Scaling may not use the KMS key.',
    remedy:
      "Let the role AWSServiceRoleForAutoScaling use the key, by the key's policy or a grant, and look whether the key is enabled.",
  },
  'role-missing': {
    says: /service-linked role|ServiceLinkedRole|assume role|iamInstanceProfile|instance profile/i,
    meaning:
      'A service-linked role (of Auto Scaling, or of spot) or the instance profile of the fleet is missing.',
    remedy:
      'Instance profile: deploy again. Service-linked roles: `aws iam create-service-linked-role --aws-service-name autoscaling.amazonaws.com`, or `spot.amazonaws.com`.',
  },
  quota: {
    says: /(Vcpu|Instance|Volume|IOPS|Size)LimitExceeded|MaxSpotInstanceCountExceeded|Max spot instance count|current (vCPU|instance|volume) limit|quota/i,
    meaning: 'The account is at a quota of AWS.',
    remedy: 'Ask for more under Service Quotas, EC2 (spot and on-demand have one each), or lower `max`.',
  },
  'no-spot-capacity': {
    says: /no Spot capacity|UnfulfillableCapacity|SpotMaxPriceTooLow|Spot Instances\. Insufficient\w*Capacity/i,
    meaning: 'AWS has no spot capacity of these instance types in these zones.',
    remedy:
      'Name more `instanceTypes`, or use more zones; after `spotFallbackMinutes` on-demand instances are bought.',
  },
  'no-capacity': {
    says: /Insufficient\w*Capacity|not have (enough|sufficient) .*capacity/i,
    meaning: 'AWS has no capacity of these instance types in these zones.',
    remedy: 'Name more `instanceTypes`, or use more zones.',
  },
  'subnet-full': {
    says: /InsufficientFreeAddresses|enough free addresses/i,
    meaning: 'A subnet has no free address.',
    remedy: 'Use more or larger subnets, or lower `max`.',
  },
  'image-invalid': {
    says: /InvalidAMIID|image id|\bAMIs?\b|for images|Invalid id: "ami-/i,
    meaning: 'The image does not exist, may not be used, or does not fit the instance type.',
    remedy: 'Promote an image that exists (`make promote`), or bake a new one (`make ami`).',
  },
} as const satisfies Record<string, LaunchProblemEntry>;

export type LaunchProblem = keyof typeof LAUNCH_PROBLEMS | 'unknown';

const PATTERNS = Object.entries(LAUNCH_PROBLEMS) as [LaunchProblem, LaunchProblemEntry][];

/** @param message what AWS said of a launch that failed */
export const toLaunchProblem = (message: string): LaunchProblem =>
  PATTERNS.find(([, { says }]) => says.test(message))?.[0] ?? 'unknown';
