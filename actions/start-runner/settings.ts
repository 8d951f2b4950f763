/**
 * What the stacks tell the action about one repository rule: the value of an SSM parameter. Written by `serialize`
 * at synthesis, read by `parse` when a workflow starts a runner; the one home of this contract.
 */
// `* as z`: the named export `z` would bring all languages of zod along.
import * as z from 'zod/mini';

const settings = z.object({
  /** Raised when an older action could misread what is written. */
  version: z.literal(1),
  environment: z.string(),
  rule: z.string(),
  /** owner/name. */
  repository: z.string(),
  /** Of the runner's image, as GitHub's labels call it. */
  architecture: z.enum(['x64', 'arm64']),
  cluster: z.string(),
  /** Secrets Manager: 32 random hexadecimal characters follow. */
  jitSecretPrefix: z.string(),
  /** KMS key that encrypts these secrets; undefined: the one of AWS. */
  secretKey: z.optional(z.string()),
  /** Modes in the order in which they are tried. */
  modes: z.array(z.enum(['fargate-spot', 'fargate', 'ec2'])),
  /** Task definition families by size; the first size is the default. */
  sizes: z.array(
    z.object({ name: z.string(), fargate: z.optional(z.string()), ec2: z.optional(z.string()) }),
  ),
  /** Capacity provider of the mode ec2. */
  hosts: z.optional(z.string()),
  /** Network of Fargate tasks. */
  network: z.object({
    subnets: z.array(z.string()),
    securityGroups: z.array(z.string()),
    assignPublicIp: z.enum(['ENABLED', 'DISABLED']),
  }),
  /** Minutes after which a runner that no job has taken is removed. */
  claimMinutes: z.number(),
});

/** The parameter's name; config/names.ts has the same. */
export const parameterName = (environment: string, rule: string) => `/muster/${environment}/github/${rule}`;

export type StartRunnerSettings = z.infer<typeof settings>;

export const serialize = (value: StartRunnerSettings): string => JSON.stringify(settings.parse(value));
/** @throws ZodError, or SyntaxError when it is no JSON. */
export const parse = (text: string): StartRunnerSettings => settings.parse(JSON.parse(text));
