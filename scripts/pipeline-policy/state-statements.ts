import type { Config } from '../../config/schema';
import type { Statement } from '../../stacks/service-role';
import { ExpectedError } from '../expected-error';
import { toNames } from './names';

/** @throws ExpectedError with a state that no pipeline could see */
export function toStateStatements(config: Config, may: 'read' | 'write'): Statement[] {
  const { state, environment } = config;
  if (state.backend !== 's3')
    throw new ExpectedError(
      `config/${environment}.yaml keeps its state in a file (state.backend: local), which a pipeline does not have. Move it to a bucket first: docs/operating.md.`,
    );
  if (state.roleArn) return [{ Sid: 'State', Action: ['sts:AssumeRole'], Resource: [state.roleArn] }];
  const names = toNames(config);
  const object = ['s3:GetObject', ...(may === 'write' ? ['s3:PutObject'] : [])];
  return [
    { Sid: 'StateBucket', Action: ['s3:ListBucket'], Resource: names.state(state.bucket) },
    { Sid: 'State', Action: object, Resource: names.stateObject(state.bucket) },
    {
      // A diff locks the state, too: a deploy meanwhile would make it wrong.
      Sid: 'StateLock',
      Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      Resource: names.stateLock(state.bucket),
    },
    ...(state.kmsKeyArn
      ? [{ Sid: 'StateKey', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: [state.kmsKeyArn] }]
      : []),
  ];
}
