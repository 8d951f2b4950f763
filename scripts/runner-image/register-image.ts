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

/** Deploys that overlap with this, one after the other: more than one is not expected. */
const ROUNDS = 5;

/**
 * Registers the newest revision again with this image, unless it has it. The action names the family only, so that the
 * next runner starts from it. What a deploy registers meanwhile is registered again after it, so that it counts.
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
  const before = latest.definition.containerDefinitions?.find(({ name }) => name === RUNNER);
  if (!before) throw new Error(`${family} has no container ${RUNNER}`);
  const { revision = 0 } = latest.definition;
  if (before.image === image) return `revision ${revision} has it already`;
  let known = revision;
  let from: Revision | undefined = latest;
  for (let round = 1; from; round += 1) {
    if (round > ROUNDS) throw new Error(`${family} changes all the time: find out who else registers it`);
    const registered = await register(ecs, from, image);
    from = await readBetween(ecs, family, { after: known, before: registered });
    known = registered;
  }
  return `revision ${known}, was ${before.image?.split('@').at(-1)} in revision ${revision}`;
}

interface Revision {
  definition: TaskDefinition;
  tags: Tag[];
}

/** @returns its revision */
async function register(ecs: ECSClient, { definition, tags }: Revision, image: string): Promise<number> {
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      ...toRegistration(definition, image),
      ...(tags.length > 0 ? { tags } : {}),
    }),
  );
  if (!taskDefinition?.revision) throw new Error(`ECS told no revision of ${definition.family}`);
  return taskDefinition.revision;
}

/** The newest active one that somebody else has registered between two; undefined without one. */
async function readBetween(
  ecs: ECSClient,
  family: string,
  { after, before }: { after: number; before: number },
): Promise<Revision | undefined> {
  for (let revision = before - 1; revision > after; revision -= 1) {
    const found = await readLatest(ecs, `${family}:${revision}`);
    if (found?.definition.status === 'ACTIVE') return found;
  }
  return undefined;
}

/** The newest active revision of a family, or the one that `family:revision` names; undefined without one. */
export async function readLatest(ecs: ECSClient, family: string): Promise<Revision | undefined> {
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
