import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { TAGS } from '../../config/names';
import type { Config } from '../../config/schema';
import type { Ami } from '../../lambda/housekeeper/core/images';
import { ExpectedError } from '../expected-error';
import { readSmokeSetup } from '../smoke/read-smoke-place';

interface Asked {
  /** Undefined when it is not there: another check tells that. */
  ami: Ami | undefined;
  /** `none`: the operator promotes it all the same. */
  proof: string | undefined;
}

/** The image passed its smoke test, wherever one is possible. @throws ExpectedError when it did not */
export async function verifyProof(
  clients: { ec2: EC2Client; logs: CloudWatchLogsClient },
  config: Config,
  { ami, proof }: Asked,
): Promise<string> {
  const proved = ami?.tags[TAGS.proved];
  if (!ami || proved) return `proved ${proved ?? 'never'}`;
  if (proof === 'none') return 'not proved, which PROOF=none accepts';
  const setup = await readSmokeSetup(clients, config);
  if (setup.kind === 'missing') return `not proved, for ${setup.why}`;
  throw new ExpectedError(
    `${ami.id} never passed a smoke test (it has no tag ${TAGS.proved}): it failed, was stopped before, or was baked before there was one. Bake one that does: make ami ENV=${config.environment}. To promote it all the same: PROOF=none`,
  );
}
