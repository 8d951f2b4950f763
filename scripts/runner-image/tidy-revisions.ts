/**
 * Revisions that nothing starts from any more: those that a promotion or a deploy has left behind, and families of rules that
 * are gone. Terraform deregisters none (stacks/github-ecs/repository-runners.ts), so that these would outlive a destroy. A night leaves them to the next deploy: AWS cannot
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
  const families = rules.flatMap((rule) => toFamilies(environment, rule)).map(({ family }) => family);
  return deregister(ecs, environment, families);
}

/** After a destroy: every revision of every family, the newest too. @returns how many were deregistered */
export const deregisterAll = (ecs: ECSClient, environment: string): Promise<number> =>
  deregister(ecs, environment, []);

/**
 * The same after a deploy of a config without runners of GitHub, which may have had some. Whoever may not look for them
 * (a pipeline's role that was made without) removes none: they cost nothing.
 */
export async function deregisterForgotten(ecs: ECSClient, environment: string): Promise<void> {
  try {
    await deregisterAll(ecs, environment);
  } catch (error) {
    if (!/^AccessDenied/.test((error as Error).name)) throw error;
  }
}

/** @param kept families whose newest revision stays */
async function deregister(ecs: ECSClient, environment: string, kept: readonly string[]): Promise<number> {
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
