import { z } from 'zod';

/** Part of AWS names such as muster-<environment>-<fleet>-instance (64 characters at most), hence short. */
export const name = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]{0,23}$/,
    'use 1 to 24 lower-case letters, digits and dashes, starting with a letter',
  );

export const awsAccountId = z.string().regex(/^\d{12}$/, 'use the 12 digits, in quotes');

export const awsRegion = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'use a region such as eu-central-1');

export const kmsKeyArn = z
  .string()
  .regex(
    /^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+$/,
    'use the ARN of a key (arn:aws:kms:<region>:<account>:key/<id>), not an alias',
  );

export const instanceType = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]*\.(nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?)$/,
    'use a type such as m7i.large',
  );

export const instanceTypes = z
  .array(instanceType)
  .min(1)
  // A mixed-instances policy takes no more.
  .max(40);

/** Keys and values are checked by rules/tags.ts, which also sees what they are merged with. */
export const tags = z.record(z.string(), z.string());
