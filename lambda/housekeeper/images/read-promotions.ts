import { paginateGetParameterHistory, type SSMClient } from '@aws-sdk/client-ssm';
import type { Reference } from '../core/images';
import type { ImageSettings } from '../settings';

/** The AMIs promoted last, newest first, each once, as many as newest ones are kept: what one can roll back to. */
export async function readPromotions(
  ssm: SSMClient,
  { parameter, keep }: Pick<ImageSettings, 'parameter' | 'keep'>,
): Promise<Reference[]> {
  return (await readPromotedAmis(ssm, parameter)).slice(0, keep).map((amiId, nth) => ({
    amiId,
    reason: nth === 0 ? 'promoted' : 'promoted-before',
  }));
}

/** Every AMI of the parameter's history, the last promoted first, each once; none when there is no such parameter. */
export async function readPromotedAmis(ssm: SSMClient, parameter: string): Promise<string[]> {
  const versions: { version: number; amiId: string }[] = [];
  try {
    for await (const page of paginateGetParameterHistory(
      { client: ssm, pageSize: 50 },
      { Name: parameter },
    )) {
      for (const { Version, Value } of page.Parameters ?? [])
        if (Version !== undefined && Value) versions.push({ version: Version, amiId: Value });
    }
  } catch (error) {
    if ((error as Error).name === 'ParameterNotFound') return [];
    throw error;
  }
  versions.sort((one, other) => other.version - one.version);
  return [...new Set(versions.map(({ amiId }) => amiId))];
}
