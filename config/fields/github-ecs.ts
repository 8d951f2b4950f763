import { z } from 'zod';
import { TOOLCHAINS } from './image';
import { instanceTypes, name, tags } from './names';

/** How a task is launched, in the words of the action's input. `ec2` needs `hosts`. */
export const MODES = ['fargate-spot', 'fargate', 'ec2'] as const;

const size = z
  .strictObject({
    cpu: z.int().min(256).max(196_608).describe('CPU units; 1024 are one vCPU.'),
    memoryMb: z.int().min(512).describe('Memory, MiB. Fargate takes certain pairs of CPU and memory only.'),
    diskGb: z
      .int()
      .min(21)
      .max(200)
      .optional()
      .describe('Ephemeral storage of a Fargate task, GiB. Absent: the 20 GiB that every task has.'),
  })
  .describe('What one runner gets.');

const repository = z
  .strictObject({
    name: name.describe('Name of the rule: part of the names of its roles and task definitions.'),
    repository: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9._-]{1,100}$/, 'use owner/repository')
      .describe('Repository on GitHub, owner/name, in exactly the case that GitHub shows.'),
    ids: z
      .strictObject({
        owner: z.int().positive().describe('Id of the owner: `gh api users/OWNER --jq .id`.'),
        repository: z.int().positive().describe('Id of the repository: `gh api repos/OWNER/NAME --jq .id`.'),
      })
      .optional()
      .describe(
        'Needed for repositories created, renamed or transferred since 2026-07-15: GitHub names them OWNER@ID/REPO@ID in its tokens. With ids both forms are trusted.',
      ),
    environments: z
      .array(
        z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,254}$/, 'use letters, digits, spaces and . _ / -'),
      )
      .default([])
      .describe(
        "Environments of the repository whose jobs may start runners. Limit each to protected branches in the repository's settings: what an environment lets in may start a runner.",
      ),
    branches: z
      .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,254}$/, 'use the name of one branch, without *'))
      .default([])
      .describe('Branches whose jobs may start runners, for jobs without an environment.'),
    modes: z
      .array(z.enum(MODES))
      .min(1)
      .default(['fargate'])
      .describe('How its tasks may be launched. The action tries them in this order, unless told otherwise.'),
    sizes: z.array(name).min(1).describe('Which of `sizes` it may ask for; the first is the default.'),
  })
  .describe('A repository, and which of its jobs may start runners.');

export const githubEcs = z
  .strictObject({
    account: name.describe(
      'One of `accounts` with `ci: github`; the housekeeper removes runners with its token.',
    ),
    oidcProvider: z
      .enum(['create', 'existing'])
      .default('create')
      .describe('An AWS account has one provider for each URL: `existing` takes the one that is there.'),
    issuer: z
      .string()
      .regex(/^[a-z0-9.-]+(\/[A-Za-z0-9._/-]+)?$/, 'use a host and path without https://')
      .default('token.actions.githubusercontent.com')
      .describe('Issuer of OpenID Connect tokens. GitHub Enterprise Server: HOSTNAME/_services/token.'),
    image: z
      .strictObject({
        architecture: z.enum(['x86_64', 'arm64']).default('x86_64').describe('CPU architecture.'),
        toolchains: z
          .array(z.enum(TOOLCHAINS).exclude(['docker']))
          .default(['git', 'build-essential'])
          .describe('What jobs find installed. Docker is not among them: a task may not start containers.'),
        keep: z.int().min(2).max(100).default(10).describe('Newest images that the repository (ECR) keeps.'),
      })
      .prefault({})
      .describe('The container image of the runner, built by `make runner-image`.'),
    sizes: z.record(name, size).describe('Sizes of runners by name.'),
    hosts: z
      .strictObject({
        image: name.describe('One of `images`, with the agent `ecs` and the toolchain `docker`.'),
        instanceTypes: instanceTypes.describe(
          'Instance types in order of preference, of the architecture of the image and of one size.',
        ),
        spotPercent: z.int().min(0).max(100).default(0).describe('Share of spot instances, percent.'),
        max: z.int().min(1).max(500).describe('Most instances at once.'),
        diskGb: z.int().min(8).max(16384).default(64).describe('Root volume, GB.'),
        maxLifetimeDays: z
          .int()
          .min(1)
          .max(365)
          .default(7)
          .describe(
            'A host is replaced, and drained, after so many days: so that none keeps an old image for ever.',
          ),
        tags: tags.default({}).describe('Tags of its resources, over those of `organization`.'),
      })
      .optional()
      .describe('Instances for the mode `ec2`: as many as the tasks need, and none without tasks.'),
    jobLimitMinutes: z
      .int()
      .min(5)
      .max(7200)
      .default(360)
      .describe("Longest that a runner may live once it has a job, minutes. The default is GitHub's own."),
    claimMinutes: z
      .int()
      .min(2)
      .max(60)
      .default(10)
      .describe('Minutes after which a runner that no job has taken is removed.'),
    repositories: z.array(repository).min(1).describe('Repositories whose workflows may start runners.'),
  })
  .describe('Runners for GitHub Actions on ECS, each started by the workflow that needs it.');
