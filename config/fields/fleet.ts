import { z } from 'zod';
import { gitlab } from './gitlab';
import { hours } from './hours';
import { instanceTypes, name, tags } from './names';
import { nomad } from './nomad';
import { warm } from './warm';

export const fleet = z
  .strictObject({
    name: name.describe('Name, unique in the environment.'),
    account: z.string().describe('CI account, a key of `accounts`.'),
    resourceClass: z
      .string()
      .regex(/^[\w.-]+\/[\w.-]+$/, 'use namespace/name')
      .optional()
      .describe(
        'CircleCI resource class that the fleet serves, namespace/name. Needed with CircleCI, and only there.',
      ),
    gitlab: gitlab.optional(),
    nomad: nomad.optional(),
    image: z.string().describe('Image, a key of `images`.'),
    instanceTypes: instanceTypes.describe(
      'Instance types in order of preference, all of the architecture of the image. Several make capacity easier to find; spot takes the one that is least likely to be reclaimed.',
    ),
    spotPercent: z
      .int()
      .min(0)
      .max(100)
      .default(0)
      .describe('Share of spot instances, percent. AWS may take those back within two minutes, job or not.'),
    spotFallbackMinutes: z
      .int()
      .min(0)
      .max(240)
      .default(10)
      .describe(
        'Minutes without spot capacity after which on-demand instances are launched instead, until spot is tried again an hour later; 0: never.',
      ),
    protection: z
      .enum(['busy', 'all'])
      .default('busy')
      .describe(
        'Whom Auto Scaling may not end: busy instances, so that it prefers idle ones; or all, idle ones too, so that only an instance itself, or an operator, ends one.',
      ),
    unknownMinutes: z
      .int()
      .min(5)
      .max(240)
      .default(15)
      .describe(
        'Minutes that an idle instance may be in service while the CI does not know its runner; then it is drained and replaced.',
      ),
    diskGb: z
      .int()
      .min(8)
      .max(16384)
      .default(50)
      .describe('Root volume of an instance, GB (gp3, encrypted).'),
    max: z.int().min(1).max(5000).describe('Instances at most.'),
    warm,
    warmPool: z
      .strictObject({
        stopped: z.int().min(1).max(1000).describe('Instances that are kept stopped, beside those that run.'),
      })
      .optional()
      .describe(
        'Instances that have booted once and wait stopped: only their disks are paid, and they are online sooner than a new one. On-demand and one instance type only.',
      ),
    serves: z
      .enum(['one-job', 'many-jobs'])
      .default('one-job')
      .describe(
        'one-job: an instance leaves after its job, so that no job meets what another left. many-jobs (GitLab; Nomad always): it takes jobs until it is idle.',
      ),
    jobsPerInstance: z
      .int()
      .min(1)
      .max(100)
      .default(1)
      .describe('Jobs that one instance runs at once. More than one needs `serves: many-jobs`.'),
    surge: z
      .int()
      .min(1)
      .optional()
      .describe('Instances that one look at the queue may add at most. Absent: no limit.'),
    jobLimitMinutes: z
      .int()
      .min(1)
      .max(2880)
      .default(300)
      .describe('Minutes that one job may take. AWS holds a draining instance for 48 h (2880 min) at most.'),
    idleSeconds: z
      .int()
      .min(10)
      .max(3600)
      .default(60)
      .describe('Seconds without a job after which an instance leaves.'),
    maxAgeHours: z
      .int()
      .min(1)
      .max(720)
      .default(24)
      .describe(
        'Hours after which an instance takes no further job and leaves; so does one whose image is not the promoted one any more.',
      ),
    docker: z
      .enum(['rootless', 'rootful', 'none'])
      .default('none')
      .describe('Docker for jobs. rootful makes jobs root on their instance: one trust level per fleet.'),
    hours: hours.optional(),
    tags: tags.default({}).describe('Tags of this fleet, added to those of the organization; these win.'),
  })
  .describe('The runners that serve one queue: one Auto Scaling group.');
