import { z } from 'zod';
import { awsAccountId, awsRegion, kmsKeyArn } from './names';

export const aws = z
  .strictObject({
    accountId: awsAccountId.describe(
      'AWS account, 12 digits in quotes. A deploy with credentials of any other account is refused.',
    ),
    region: awsRegion.describe('AWS region of everything.'),
  })
  .describe('Where on AWS.');

export const state = z
  .discriminatedUnion('backend', [
    z.strictObject({
      backend: z
        .literal('local')
        .describe('State in a file beside the project: for trying out, for one person.'),
    }),
    z.strictObject({
      backend: z.literal('s3').describe('State in a bucket, locked by a lock file beside it.'),
      bucket: z
        .string()
        .regex(
          /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
          'use the name of a bucket: 3 to 63 lower-case letters, digits, dots and dashes',
        )
        .describe(
          'Bucket that exists, versioned and encrypted; [operating.md](operating.md) says how to create it.',
        ),
      region: awsRegion.optional().describe('Region of the bucket. Absent: `aws.region`.'),
      roleArn: z
        .string()
        .regex(
          /^arn:aws[\w-]*:iam::\d{12}:role\/\S+$/,
          'use the ARN of a role (arn:aws:iam::<account>:role/<name>)',
        )
        .optional()
        .describe('Role to assume for reading and writing state. Absent: your own credentials.'),
      kmsKeyArn: kmsKeyArn
        .optional()
        .describe('KMS key of the state object. Absent: the default key of the bucket.'),
    }),
  ])
  .describe('Where Terraform keeps its state.');
