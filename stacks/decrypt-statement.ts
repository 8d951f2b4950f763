/** Reading a secret that a customer key encrypts: allowed through Secrets Manager only. */
import type { Config } from '../config/schema';
import type { Statement } from './service-role';

export function toDecryptStatement({ aws, organization }: Config): Statement[] {
  if (!organization.kmsKeyArn) return [];
  return [
    {
      Sid: 'SecretKey',
      Action: ['kms:Decrypt'],
      Resource: [organization.kmsKeyArn],
      Condition: { StringEquals: { 'kms:ViaService': `secretsmanager.${aws.region}.amazonaws.com` } },
    },
  ];
}
