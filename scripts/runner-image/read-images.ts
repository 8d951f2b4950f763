/** What the repository in ECR holds. */
import {
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  type ECRClient,
  type ImageDetail,
  type ImageIdentifier,
  paginateDescribeImages,
} from '@aws-sdk/client-ecr';
import { runnerRepository } from '../../config/names';
import { ExpectedError } from '../expected-error';

export interface RunnerImage {
  /** sha256:… */
  digest: string;
  /** The first of its tags that is ours; empty without one. */
  tag: string;
  /** Milliseconds since 1970; 0 when AWS does not say. */
  pushedAt: number;
}

/** Address of the repository, without a tag. @throws ExpectedError when it is not deployed yet */
export async function readRepository(ecr: ECRClient, environment: string): Promise<string> {
  const repositoryNames = [runnerRepository(environment)];
  const answer = await ecr
    .send(new DescribeRepositoriesCommand({ repositoryNames }))
    .catch((error: Error) => {
      if (error.name !== 'RepositoryNotFoundException') throw error;
      throw new ExpectedError(
        `There is no repository ${repositoryNames[0]} in ECR yet: the deploy makes it. Deploy first: make deploy ENV=${environment}`,
        { cause: error },
      );
    });
  const address = answer.repositories?.[0]?.repositoryUri;
  if (!address) throw new Error(`ECR names no address of ${repositoryNames[0]}`);
  return address;
}

/** Every image, the newest first. */
export async function readRunnerImages(ecr: ECRClient, environment: string): Promise<RunnerImage[]> {
  const images: RunnerImage[] = [];
  const pages = paginateDescribeImages({ client: ecr }, { repositoryName: runnerRepository(environment) });
  for await (const page of pages) images.push(...(page.imageDetails ?? []).flatMap(toImage));
  return images.sort((one, other) => other.pushedAt - one.pushedAt);
}

/** Undefined when the repository has none of that tag or digest. */
export async function findRunnerImage(
  ecr: ECRClient,
  environment: string,
  id: ImageIdentifier,
): Promise<RunnerImage | undefined> {
  const query = { repositoryName: runnerRepository(environment), imageIds: [id] };
  try {
    const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand(query));
    return imageDetails.flatMap(toImage)[0];
  } catch (error) {
    if ((error as Error).name === 'ImageNotFoundException') return undefined;
    throw error;
  }
}

function toImage({ imageDigest, imageTags = [], imagePushedAt }: ImageDetail): RunnerImage[] {
  if (!imageDigest) return [];
  return [{ digest: imageDigest, tag: imageTags[0] ?? '', pushedAt: imagePushedAt?.getTime() ?? 0 }];
}
