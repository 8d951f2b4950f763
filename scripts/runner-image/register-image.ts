/** One task definition: a revision with the image. */
import {
  DescribeTaskDefinitionCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Tag,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';

/** Container of the task that is the runner. */
const RUNNER = 'runner';

/**
 * Registers the newest revision again with this image, unless it has it. The action names the family only, so that the
 * next runner starts from it.
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
  const { revision } = definition;
  if (before.image === image) return `revision ${revision} has it already`;
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      ...toRegistration(definition, image),
      ...(tags.length > 0 ? { tags } : {}),
    }),
  );
  return `revision ${taskDefinition?.revision}, was ${before.image?.split('@').at(-1)} in revision ${revision}`;
}

/** The newest active revision of a family; undefined without one. */
export async function readLatest(
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
