import { rmSync } from 'node:fs';
import { callAws } from './call-aws';
import { inspect, logIn, makeImage, pushImage } from './container-image';
import { type LocalAws, startLocalAws } from './start-local-aws';

let aws: LocalAws;
const layouts: string[] = [];
beforeAll(async () => {
  aws = await startLocalAws();
});
afterAll(async () => {
  await aws?.stop();
  for (const layout of layouts) rmSync(layout, { recursive: true, force: true });
});

const call = <Answer>(operation: string, body: object) => callAws<Answer>(aws, 'ecr', operation, body);
const build = (text: string) => {
  const layout = makeImage([{ files: { 'etc/word': text } }]);
  layouts.push(layout);
  return layout;
};

let repositories = 0;
async function makeRepository(change: object = {}): Promise<string> {
  const repositoryName = `team/image-${++repositories}`;
  await call('CreateRepository', { repositoryName, ...change });
  return repositoryName;
}

interface Details {
  imageDetails: { imageDigest: string; imageTags?: string[]; imageSizeInBytes: number }[];
}

describe('an image', () => {
  test('that was pushed is described with its digest and tags, and can be pulled by both', async () => {
    const repositoryName = await makeRepository();
    const digest = await pushImage(aws, build('one'), repositoryName, 'v1');
    const { imageDetails } = await call<Details>('DescribeImages', {
      repositoryName,
      imageIds: [{ imageTag: 'v1' }],
    });
    expect(imageDetails).toMatchObject([{ imageDigest: digest, imageTags: ['v1'] }]);
    expect(imageDetails[0]?.imageSizeInBytes).toBeGreaterThan(100);
    expect(await inspect(aws, `${repositoryName}@${digest}`)).toBe(digest);
  });

  test('that is not there is a failure of BatchGetImage, which names what was asked for', async () => {
    const repositoryName = await makeRepository();
    const digest = await pushImage(aws, build('there'), repositoryName, 'v1');
    const imageIds = [{ imageTag: 'v1' }, { imageDigest: `sha256:${'0'.repeat(64)}` }];
    expect(await call('BatchGetImage', { repositoryName, imageIds })).toMatchObject({
      images: [{ imageId: { imageDigest: digest } }],
      failures: [{ imageId: imageIds[1], failureCode: 'ImageNotFound' }],
    });
    await expect(inspect(aws, `${repositoryName}:v2`)).rejects.toThrow(/not found|unknown/i);
  });

  test('that was deleted cannot be pulled any more', async () => {
    const repositoryName = await makeRepository();
    const digest = await pushImage(aws, build('gone'), repositoryName, 'v1');
    await call('BatchDeleteImage', { repositoryName, imageIds: [{ imageDigest: digest }] });
    await expect(inspect(aws, `${repositoryName}@${digest}`)).rejects.toThrow(/not found|unknown/i);
  });

  test('keeps an immutable tag, and may have more of them', async () => {
    const repositoryName = await makeRepository({ imageTagMutability: 'IMMUTABLE' });
    const layout = build('first');
    const digest = await pushImage(aws, layout, repositoryName, 'v1');
    await expect(pushImage(aws, build('second'), repositoryName, 'v1')).rejects.toThrow(/immutable/);
    expect(await pushImage(aws, layout, repositoryName, 'v1')).toBe(digest);
    await pushImage(aws, layout, repositoryName, 'v2');
    const { imageDetails } = await call<Details>('DescribeImages', { repositoryName });
    expect(imageDetails).toMatchObject([{ imageDigest: digest, imageTags: ['v1', 'v2'] }]);
  });
});

describe('the registry', () => {
  test('is where the repository says', async () => {
    const { host } = await logIn(aws);
    expect(new URL(aws.url).host).toBe(host);
    const repositoryName = await makeRepository();
    expect(await call('DescribeRepositories', { repositoryNames: [repositoryName] })).toMatchObject({
      repositories: [{ repositoryUri: `${host}/${repositoryName}` }],
    });
  });

  test('lets nobody in without a password', async () => {
    const answer = await fetch(`${aws.url}/v2/`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
  });

  test('has no repository that was not created', async () => {
    await expect(pushImage(aws, build('lost'), 'team/none', 'v1')).rejects.toThrow(/does not exist/);
  });

  test('books what a client did as the actions that it needs on AWS', async () => {
    const { next } = await aws.local<{ next: number }>('GET', 'calls?since=0');
    await pushImage(aws, build('booked'), await makeRepository(), 'v1');
    const { calls } = await aws.local<{ calls: { service: string; operation: string; principal: string }[] }>(
      'GET',
      `calls?since=${next}`,
    );
    const actions = new Set(
      calls.filter(({ service }) => service === 'ecr').map(({ operation }) => operation),
    );
    for (const action of [
      'GetAuthorizationToken',
      'InitiateLayerUpload',
      'UploadLayerPart',
      'CompleteLayerUpload',
      'PutImage',
    ])
      expect(actions).toContain(action);
  });
});
