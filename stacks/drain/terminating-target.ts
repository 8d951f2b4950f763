/** Whom Auto Scaling tells of an instance that is to go, and as whom. By name: hooks are written by scripts, too. */
import { terminatingTopic } from '../../config/names';
import type { Config } from '../../config/schema';
import { buildArns } from '../arns';

export interface TerminatingTarget {
  topicArn: string;
  roleArn: string;
}

export function toTerminatingTarget({ environment, aws, organization }: Config): TerminatingTarget {
  const arns = buildArns(aws);
  const name = terminatingTopic(environment);
  return { topicArn: arns.named('sns', name), roleArn: arns.role(organization.rolePath, name) };
}
