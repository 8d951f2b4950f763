/**
 * Revisions that nothing starts from any more: those that a promotion has left behind, and families of rules that are gone.
 * Terraform knows the newest only, so that these would outlive a destroy. A night leaves them to the next deploy: AWS cannot
 * limit who may deregister to one's own task definitions, and a machine that nobody watches should not end others'.
 */
import {
  DeregisterTaskDefinitionCommand,
  type ECSClient,
  paginateListTaskDefinitionFamilies,
  paginateListTaskDefinitions,
} from '@aws-sdk/client-ecs';
import { TAGS } from '../../config/names';
import type { Config } from '../../config/schema';
import { toFamilies } from '../../stacks/github-ecs/families';
import { readLatest } from './register-image';

/** Running tasks go on. @returns how many were deregistered */
export async function tidyRevisions(ecs: ECSClient, { environment, githubEcs }: Config): Promise<number> {
  const rules = githubEcs?.repositories ?? [];
  const kept = rules.flatMap((rule) => toFamilies(environment, rule)).map(({ family }) => family);
  let count = 0;
  for (const family of await listFamilies(ecs, `muster-${environment}-`)) {
    const latest = await readLatest(ecs, family);
    // An environment may have a name that begins like this one's.
    const home = latest?.tags.find(({ key }) => key === TAGS.environment)?.value;
    if (!latest || home !== environment) continue;
    const { revision = 0 } = latest.definition;
    count += await deregisterBelow(ecs, family, kept.includes(family) ? revision : revision + 1);
  }
  return count;
}

async function listFamilies(ecs: ECSClient, familyPrefix: string): Promise<string[]> {
  const families: string[] = [];
  for await (const page of paginateListTaskDefinitionFamilies(
    { client: ecs },
    { familyPrefix, status: 'ACTIVE' },
  ))
    families.push(...(page.families ?? []));
  return families;
}

/** By number, never "all but the newest": a revision that somebody registers meanwhile is newer. */
async function deregisterBelow(ecs: ECSClient, family: string, revision: number): Promise<number> {
  const below: string[] = [];
  const query = { familyPrefix: family, status: 'ACTIVE' as const };
  for await (const { taskDefinitionArns = [] } of paginateListTaskDefinitions({ client: ecs }, query)) {
    for (const arn of taskDefinitionArns) {
      const [, of, number] = /task-definition\/(.+):(\d+)$/.exec(arn) ?? [];
      if (of === family && Number(number) < revision) below.push(arn);
    }
  }
  for (const taskDefinition of below) await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
  return below.length;
}
