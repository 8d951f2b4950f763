import { DescribeImagesCommand, type EC2Client, type Image } from '@aws-sdk/client-ec2';
import { TAGS } from '../../config/names';
import type { Config } from '../../config/schema';
import { BOOT_CONTRACT } from '../../stacks/boot-environment';
import { ExpectedError } from '../expected-error';

/** The AMI exists, is available, and is what this version of Muster wants as that image. */
export async function verifyAmi(
  ec2: EC2Client,
  config: Config,
  image: string,
  amiId: string,
): Promise<string> {
  const problems = toProblems(await readAmi(ec2, amiId), config, image);
  if (problems.length > 0) {
    throw new ExpectedError(
      `${amiId} cannot be image ${image} of ${config.environment}:\n${problems.map((problem) => `- ${problem}`).join('\n')}\nBake one that can: make ami ENV=${config.environment} IMAGE=${image}`,
    );
  }
  return amiId;
}

async function readAmi(ec2: EC2Client, amiId: string): Promise<Image | undefined> {
  try {
    return (await ec2.send(new DescribeImagesCommand({ ImageIds: [amiId] }))).Images?.[0];
  } catch (error) {
    if ((error as Error).name.startsWith('InvalidAMIID')) return undefined;
    throw error;
  }
}

/** Everything that keeps the AMI from being that image; nothing when it will do. */
export function toProblems(ami: Image | undefined, config: Config, image: string): string[] {
  const wanted = config.images[image];
  if (!wanted) return [`config/${config.environment}.yaml defines no image ${image}`];
  if (!ami) return [`it does not exist in ${config.aws.region}, or is not shared with this account`];
  const tag = (key: string) => ami.Tags?.find((entry) => entry.Key === key)?.Value;
  const problems: string[] = [];
  const expect = (what: string, found: string | undefined, expected: string) => {
    if (found !== expected) problems.push(`its ${what} is ${found ?? 'missing'}, wanted ${expected}`);
  };
  expect('state', ami.State, 'available');
  if (ami.Architecture) expect('architecture', ami.Architecture, wanted.architecture);
  const home = tag(TAGS.environment);
  // That environment's housekeeping removes what nothing there needs: it does not look at the fleets of this one.
  if (home !== config.environment) {
    problems.push(
      `its tag ${TAGS.environment} is ${home ?? 'missing'}, wanted ${config.environment}: bake it for this environment, or copy it (aws ec2 copy-image) with this environment's tag`,
    );
  }
  expect(`tag ${TAGS.image}`, tag(TAGS.image), image);
  // An image that speaks another contract would not understand its boot environment.
  expect(`tag ${TAGS.contract}`, tag(TAGS.contract), String(BOOT_CONTRACT));
  const agents = tag(TAGS.agents)?.split(' ') ?? [];
  for (const agent of wanted.agents.filter((name) => !agents.includes(name))) {
    problems.push(`it has no agent ${agent} (tag ${TAGS.agents}: ${tag(TAGS.agents) ?? 'missing'})`);
  }
  return problems;
}
