/** Entry: owns a local cloud with one machine until it is killed. Arguments: run folder, file with the instance record. */
import { readFileSync } from 'node:fs';
import { startCloud } from '../../local/cloud';
import type { InstanceRecord } from '../../local/machines/instance';
import { FAKE_AWS } from './machines-cloud';
import { until } from './until';

async function main([, , runDir = '', recordFile = '']: string[]): Promise<void> {
  const cloud = await startCloud({ runDir, awsCommand: FAKE_AWS });
  const record = JSON.parse(readFileSync(recordFile, 'utf8')) as InstanceRecord;
  const body = JSON.stringify(record);
  await fetch(`${cloud.awsEndpointUrl}/_local/instances/${record.instanceId}`, { method: 'PUT', body });
  await fetch(`${cloud.machinesUrl}/launch`, { method: 'POST', body });
  await until(
    'up',
    async () => (await cloud.exec(record.instanceId, ['true']).catch(() => ({ code: 1 }))).code === 0,
  );
  console.log('up');
  await cloud.died;
}

void main(process.argv);
