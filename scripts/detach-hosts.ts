/**
 * Takes the capacity provider of hosts off its cluster, when the config has no hosts any more: Terraform deletes the provider
 * before it updates what the cluster has, and AWS deletes none that a cluster has (terraform-provider-aws#29152).
 */
import {
  type Cluster,
  DescribeClustersCommand,
  type ECSClient,
  PutClusterCapacityProvidersCommand,
} from '@aws-sdk/client-ecs';
import { CONTAINER_HOSTS, clusterName, groupName } from '../config/names';
import type { Config } from '../config/schema';
import { ExpectedError } from './expected-error';
import type { Pace } from './pace';

/** ECS takes down its scaling of the group; a minute or two, says AWS. */
const UPDATE_MS = 600_000;
const LOOK_EVERY_MS = 5_000;

/**
 * Idempotent: a run that was interrupted is repeated.
 * @param approve throws unless the operator wants it; asked only when there is something to take off
 * @throws ExpectedError while tasks run on hosts: nothing is changed then
 */
export async function detachHosts(
  ecs: ECSClient,
  config: Config,
  { now, sleep, print, approve }: Pace & { approve: (what: string) => Promise<void> },
): Promise<void> {
  const { environment, githubEcs } = config;
  // Without runners of GitHub at all the cluster goes, and Terraform takes its providers off before.
  if (!githubEcs || githubEcs.hosts) return;
  const name = clusterName(environment);
  const provider = groupName(environment, CONTAINER_HOSTS);
  const deadline = now() + UPDATE_MS;
  let asked = false;
  for (;;) {
    const cluster = await readCluster(ecs, name);
    if (!cluster) return;
    if (cluster.attachmentsStatus !== 'UPDATE_IN_PROGRESS') {
      if (!cluster.capacityProviders?.includes(provider)) return;
      if (!asked) {
        await approve(`The hosts of ${name} will be removed: from now on no task starts on them.`);
        asked = true;
      }
      if (await putWithout(ecs, cluster, provider, config)) {
        print(`${name}: has no hosts any more; a deploy with githubEcs.hosts brings them back`);
      }
    }
    if (now() >= deadline) {
      throw new ExpectedError(
        `ECS still has ${provider} at ${name} (attachments: ${cluster.attachmentsStatus ?? 'unknown'}) after ${UPDATE_MS / 60_000} minutes. Run make deploy again; AWS support knows what ECS waits for.`,
      );
    }
    await sleep(LOOK_EVERY_MS);
  }
}

/** Undefined when there is none, or none any more. */
async function readCluster(ecs: ECSClient, name: string): Promise<Cluster | undefined> {
  const query = new DescribeClustersCommand({ clusters: [name], include: ['ATTACHMENTS'] });
  const { clusters = [] } = await ecs.send(query);
  return clusters.find(({ status }) => status === 'ACTIVE');
}

/** AWS knows best whether a task uses it, one that starts this moment too. @returns false when ECS is at another change */
async function putWithout(
  ecs: ECSClient,
  { clusterName: cluster, capacityProviders = [], defaultCapacityProviderStrategy = [] }: Cluster,
  provider: string,
  { environment, aws }: Config,
): Promise<boolean> {
  try {
    await ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster,
        capacityProviders: capacityProviders.filter((name) => name !== provider),
        defaultCapacityProviderStrategy: defaultCapacityProviderStrategy.filter(
          ({ capacityProvider }) => capacityProvider !== provider,
        ),
      }),
    );
    return true;
  } catch (error) {
    const { name } = error as Error;
    if (name === 'UpdateInProgressException') return false;
    if (name !== 'ResourceInUseException') throw error;
    throw new ExpectedError(
      `config/${environment}.yaml has no githubEcs.hosts any more, but tasks still run on hosts of ${cluster}. Nothing was changed. Run make deploy ENV=${environment} again when they are over:\n  aws ecs list-tasks --region ${aws.region} --cluster ${cluster} --launch-type EC2\nWhere workflows start one after the other: put the hosts back, take ec2 out of the modes of every rule, deploy, and take the hosts out when the last task is over.`,
      { cause: error },
    );
  }
}
