/** What a deploy leaves that runners of GitHub need, in the local AWS. */
import { CreateRepositoryCommand, DeleteRepositoryCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListTaskDefinitionsCommand,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { DeleteParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { runnerFamily, runnerImageParameter, runnerRepository } from '../../../config/names';
import type { RunnerImageClients } from '../../../scripts/runner-image/clients';
import type { LocalAws } from '../../local/start-local-aws';
import type { Raw } from '../config';

export const FARGATE = runnerFamily('dev', 'app', 'small', 'fargate');
export const HOSTED = runnerFamily('dev', 'app', 'small', 'ec2');
export const PARAMETER = runnerImageParameter('dev');

/** Gives a config runners of GitHub: one rule, of one size, for both launch types. */
export function addGithub(raw: Raw): void {
  raw.accounts.hub = { ci: 'github' };
  raw.images.host = { agents: ['ecs'], toolchains: ['docker'] };
  raw.githubEcs = {
    account: 'hub',
    sizes: { small: { cpu: 1024, memoryMb: 2048 } },
    hosts: { image: 'host', instanceTypes: ['m7i.large'], max: 2 },
    repositories: [
      {
        ...{ name: 'app', repository: 'acme/app', branches: ['main'], sizes: ['small'] },
        modes: ['fargate-spot', 'fargate', 'ec2'],
      },
    ],
  };
}

export const createClientsFor = (aws: LocalAws): RunnerImageClients => ({
  ecr: new ECRClient(aws.client),
  ecs: new ECSClient(aws.client),
  ssm: new SSMClient(aws.client),
});

/** @returns address of the repository */
export async function deployRepository(
  { ecr, ssm }: RunnerImageClients,
  environment = 'dev',
): Promise<string> {
  const { repository } = await ecr.send(
    new CreateRepositoryCommand({
      repositoryName: runnerRepository(environment),
      imageTagMutability: 'IMMUTABLE',
    }),
  );
  await ssm.send(
    new PutParameterCommand({ Name: runnerImageParameter(environment), Value: 'none', Type: 'String' }),
  );
  return repository?.repositoryUri ?? '';
}

export async function listRevisions({ ecs }: RunnerImageClients, family?: string): Promise<string[]> {
  const query = { status: 'ACTIVE' as const, ...(family ? { familyPrefix: family } : {}) };
  const { taskDefinitionArns = [] } = await ecs.send(new ListTaskDefinitionsCommand(query));
  return taskDefinitionArns;
}

/** So that the next test begins with nothing. */
export async function removeGithub(clients: RunnerImageClients): Promise<void> {
  for (const taskDefinition of await listRevisions(clients))
    await clients.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  await clients.ssm.send(new DeleteParametersCommand({ Names: [PARAMETER] }));
  const repository = { repositoryName: runnerRepository('dev'), force: true };
  await clients.ecr.send(new DeleteRepositoryCommand(repository)).catch((error: Error) => {
    if (error.name !== 'RepositoryNotFoundException') throw error;
  });
}

/** A revision as Terraform registers it. */
export const deployFamily = (
  { ecs }: RunnerImageClients,
  family: string,
  image: string,
  environment = 'dev',
) =>
  ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      requiresCompatibilities: [family.endsWith('fargate') ? 'FARGATE' : 'EC2'],
      networkMode: family.endsWith('fargate') ? 'awsvpc' : 'bridge',
      ...{ cpu: '1024', memory: '2048' },
      taskRoleArn: 'arn:aws:iam::123456789012:role/muster-dev-github-app-task',
      executionRoleArn: 'arn:aws:iam::123456789012:role/muster-dev-github-execution',
      runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
      ephemeralStorage: { sizeInGiB: 40 },
      containerDefinitions: [
        {
          ...{ name: 'runner', image, essential: true, user: '1001', stopTimeout: 120 },
          environment: [{ name: 'MUSTER_CLAIM_MINUTES', value: '10' }],
        },
      ],
      tags: [
        { key: 'muster:rule', value: 'app' },
        { key: 'muster:environment', value: environment },
      ],
    }),
  );

export async function readFamily({ ecs }: RunnerImageClients, family: string) {
  const { taskDefinition, tags } = await ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: family, include: ['TAGS'] }),
  );
  return { image: taskDefinition?.containerDefinitions?.[0]?.image, taskDefinition, tags };
}
