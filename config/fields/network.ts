import { z } from 'zod';

export const network = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('new').describe('A VPC of its own.'),
      cidr: z
        .string()
        .regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, 'use an IPv4 range such as 10.0.0.0/16')
        .default('10.0.0.0/16')
        .describe('IPv4 range of the VPC, /16 to /24. It must hold an address for every instance.'),
      zones: z
        .int()
        .min(1)
        .max(6)
        .default(2)
        .describe('Availability zones to use, a subnet of instances in each.'),
      subnets: z
        .enum(['public', 'private'])
        .default('public')
        .describe(
          'Where instances live: public (an own address for outgoing traffic, no NAT to pay) or private. Neither accepts connections.',
        ),
      nat: z
        .enum(['none', 'one', 'per-zone'])
        .default('none')
        .describe(
          'NAT gateways for private subnets: none (a proxy carries the traffic), one (cheaper) or one per zone (survives the loss of a zone).',
        ),
    }),
    z.strictObject({
      kind: z.literal('existing').describe('A VPC that is there already.'),
      vpcId: z
        .string()
        .regex(/^vpc-[0-9a-f]+$/, 'use a VPC id (vpc-…)')
        .describe('The VPC.'),
      subnetIds: z
        .array(z.string().regex(/^subnet-[0-9a-f]+$/, 'use a subnet id (subnet-…)'))
        .min(1)
        .describe('Subnets of that VPC for the instances, best in several zones.'),
      publicIp: z
        .boolean()
        .default(false)
        .describe('Give instances a public address (public subnets need it to reach the internet).'),
    }),
  ])
  .describe('The network that instances live in.');
