import { z } from 'zod';
import { kmsKeyArn, tags } from './names';

export const organization = z
  .strictObject({
    permissionsBoundaryArn: z
      .string()
      .regex(
        /^arn:aws[\w-]*:iam::(\d{12}|aws):policy\/\S+$/,
        'use the ARN of a policy (arn:aws:iam::<account>:policy/<name>)',
      )
      .optional()
      .describe('Permissions boundary of every role. Absent: none.'),
    rolePath: z
      .string()
      .max(512)
      .regex(/^\/([\w+=,.@-]+\/)*$/, 'start and end with /')
      .default('/')
      .describe('Path of every role, with a slash at both ends.'),
    tags: tags
      .default({})
      .describe('Tags of every resource, instance, volume, network interface and image builder.'),
    kmsKeyArn: kmsKeyArn
      .optional()
      .describe(
        'Customer KMS key for volumes, images, secrets and logs; its policy must let CloudWatch Logs use it. The deploy grants it to EC2 Auto Scaling. Absent: keys of AWS.',
      ),
    proxy: z
      .string()
      // Without credentials: instances get it in their user data, which is no place for a secret.
      .regex(/^http:\/\/[\w.-]+:\d{1,5}$/, 'use http://host:port, without credentials or a path')
      .optional()
      .describe('HTTP proxy of instances and bakes, http://host:port. Absent: none.'),
    noProxy: z
      .array(z.string().regex(/^[\w.:/-]+$/, 'use a host, a .domain or an address range, one each'))
      .default([])
      .describe('Hosts, .domains and ranges that are reached without the proxy.'),
    caFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        'PEM file with private CA certificates, installed into every image. Relative to the config file. Absent: none.',
      ),
  })
  .describe('Rules of the organization.');
