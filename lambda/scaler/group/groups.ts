import {
  type AutoScalingClient,
  type AutoScalingGroup,
  CreateOrUpdateTagsCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  SetDesiredCapacityCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import pLimit from 'p-limit';
import type { Clock } from '../../../clock/clock';
import { toUnknown } from '../aws-problem';
import type { Unknown } from '../core/types';
import { withDeadline } from '../deadline';
import type { Group, Groups } from '../ports';
import { batchReads } from './batch-reads';
import { toGroup } from './to-group';
import { toLaunches } from './to-launches';

/** The most names that one DescribeAutoScalingGroups takes and answers. */
const NAMES = 100;
/** Writes at once: a thousand fleets that grow together wait for each other, each with a time of its own. */
const WRITES = 25;
/** For one operation with the retries of the SDK: desired must be set soon after it was read, or not at all. */
const TIMEOUT_MS = 2_500;

/** Reads and changes Auto Scaling groups; what goes wrong is an answer. Retries are the client's (`maxAttempts`). */
export function createGroups(client: AutoScalingClient, clock: Clock): Groups {
  const guard = <T>(work: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T | Unknown> =>
    withDeadline<T | Unknown>(
      clock,
      TIMEOUT_MS,
      async (abortSignal) => work({ abortSignal }).catch(toUnknown),
      () => ({ kind: 'unknown', problem: 'timeout', detail: `AWS gave no answer within ${TIMEOUT_MS} ms` }),
    );

  const readMany = async (names: string[]): Promise<(name: string) => Group> => {
    const answer = await guard(async (options) => {
      const groups = new Map<string, AutoScalingGroup>();
      let NextToken: string | undefined;
      do {
        const page = await client.send(
          new DescribeAutoScalingGroupsCommand({
            AutoScalingGroupNames: names,
            MaxRecords: NAMES,
            NextToken,
          }),
          options,
        );
        for (const group of page.AutoScalingGroups ?? []) groups.set(group.AutoScalingGroupName ?? '', group);
        NextToken = page.NextToken;
      } while (NextToken);
      return groups;
    });
    const readAt = clock.now();
    return (name) => {
      if (!(answer instanceof Map)) return answer;
      const group = answer.get(name);
      return group ? toGroup(group, readAt) : missing(name);
    };
  };
  const limit = pLimit(WRITES);
  const write = (work: Parameters<typeof guard>[0], before = Infinity): Promise<Unknown | undefined> =>
    limit(async () => {
      if (clock.now() > before) return tooLate;
      return guard(async (options) => {
        await work(options);
        return undefined;
      });
    });

  return {
    read: batchReads(clock, NAMES, readMany),
    readLaunches: (group) =>
      guard(async (options) => {
        const command = new DescribeScalingActivitiesCommand({ AutoScalingGroupName: group, MaxRecords: 20 });
        return toLaunches((await client.send(command, options)).Activities ?? []);
      }),
    setDesired: (group, desired, before) =>
      write(
        (options) =>
          client.send(
            new SetDesiredCapacityCommand({
              AutoScalingGroupName: group,
              DesiredCapacity: desired,
              HonorCooldown: false,
            }),
            options,
          ),
        before,
      ),
    setDistribution: (group, distribution) =>
      write((options) =>
        client.send(
          new UpdateAutoScalingGroupCommand({
            AutoScalingGroupName: group,
            MixedInstancesPolicy: { InstancesDistribution: distribution },
          }),
          options,
        ),
      ),
    writeTags: (group, tags) => {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({
        ResourceType: 'auto-scaling-group',
        ResourceId: group,
        Key,
        Value,
        PropagateAtLaunch: false,
      }));
      return write((options) => client.send(new CreateOrUpdateTagsCommand({ Tags }), options));
    },
  };
}

const tooLate: Unknown = {
  kind: 'unknown',
  problem: 'timeout',
  detail: 'desired was read too long ago to write over it',
};

const missing = (name: string): Unknown => ({
  kind: 'unknown',
  problem: 'group-missing',
  detail: `there is no group ${name}: deploy again`,
});
