/** One task definition: a revision with the image, and none beside it. */
import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  type ECSClient,
  paginateListTaskDefinitions,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Tag,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';

/** Container of the task that is the runner. */
const RUNNER = 'runner';

/**
 * Registers the newest revision again with this image, unless it has it. The revisions before are deregistered: tasks
 * that run go on, the action names the family only, and a destroy finds one revision as it does after a deploy.
 * @param image repository@digest
 * @returns what was done; undefined when the family is not deployed yet
 */
export async function registerImage(
  ecs: ECSClient,
  family: string,
  image: string,
): Promise<string | undefined> {
  const latest = await readLatest(ecs, family);
  if (!latest) return undefined;
  const { definition, tags } = latest;
  const before = definition.containerDefinitions?.find(({ name }) => name === RUNNER);
  if (!before) throw new Error(`${family} has no container ${RUNNER}`);
  let revision = definition.revision ?? 0;
  let what = `revision ${revision} has it already`;
  if (before.image !== image) {
    const { taskDefinition } = await ecs.send(
      new RegisterTaskDefinitionCommand({
        ...toRegistration(definition, image),
        ...(tags.length > 0 ? { tags } : {}),
      }),
    );
    what = `revision ${taskDefinition?.revision}, was ${before.image?.split('@').at(-1)} in revision ${revision}`;
    revision = taskDefinition?.revision ?? revision;
  }
  await deregisterBefore(ecs, family, revision);
  return what;
}

async function readLatest(
  ecs: ECSClient,
  family: string,
): Promise<{ definition: TaskDefinition; tags: Tag[] } | undefined> {
  try {
    const { taskDefinition, tags = [] } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: family, include: ['TAGS'] }),
    );
    return taskDefinition && { definition: taskDefinition, tags };
  } catch (error) {
    // A family without an active revision: never deployed, or destroyed.
    const { name, message } = error as Error;
    if (name === 'ClientException' && /unable to describe task definition/i.test(message)) return undefined;
    throw error;
  }
}

/** Without what AWS adds when it registers one. */
function toRegistration(definition: TaskDefinition, image: string): RegisterTaskDefinitionCommandInput {
  const {
    taskDefinitionArn: _arn,
    revision: _revision,
    status: _status,
    requiresAttributes: _attributes,
    compatibilities: _compatibilities,
    registeredAt: _at,
    registeredBy: _by,
    deregisteredAt: _end,
    ...rest
  } = definition;
  const containerDefinitions = (definition.containerDefinitions ?? []).map((container) =>
    container.name === RUNNER ? { ...container, image } : container,
  );
  return { ...rest, family: definition.family, containerDefinitions };
}

/** By number, never "all but ours": a revision that somebody registers meanwhile is newer. */
async function deregisterBefore(ecs: ECSClient, family: string, revision: number): Promise<void> {
  const pages = paginateListTaskDefinitions({ client: ecs }, { familyPrefix: family, status: 'ACTIVE' });
  for await (const { taskDefinitionArns = [] } of pages) {
    for (const arn of taskDefinitionArns) {
      const [, of, number] = /task-definition\/(.+):(\d+)$/.exec(arn) ?? [];
      // ListTaskDefinitions takes a whole name for the family; a prefix would name other rules' as well.
      if (of !== family || Number(number) >= revision) continue;
      await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: arn }));
    }
  }
}
