/** What a machine finds bound into it: its network, and the endpoint that stands in for AWS. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InstanceRecord } from '../instance';

export interface MachineNetwork {
  bridge: string;
  gateway: string;
  /** Bits of the network part. */
  prefix: number;
}

export const toNetworkFile = (privateIp: string, network: MachineNetwork): string =>
  [
    '[Match]',
    'Name=host0',
    '[Network]',
    `Address=${privateIp}/${network.prefix}`,
    'LinkLocalAddressing=no',
    'DHCP=no',
    'LLDP=no',
    '[Route]',
    `Gateway=${network.gateway}`,
    // A VPC may have another range than the bridge.
    'GatewayOnLink=yes',
    '',
  ].join('\n');

/** What production code reads anyway: every AWS client honours AWS_ENDPOINT_URL. */
export const toManagerConf = (awsUrl: string): string =>
  `[Manager]\nDefaultEnvironment=AWS_ENDPOINT_URL=${awsUrl}\n`;

/** Folder with console.log, journal/ and what is bound into the machine; kept after its death as evidence. */
export function writeMachineFolder(
  machinesDir: string,
  record: InstanceRecord,
  network: MachineNetwork,
  awsUrl: string,
): string {
  const folder = join(machinesDir, record.instanceId);
  mkdirSync(join(folder, 'journal'), { recursive: true });
  writeFileSync(join(folder, 'host0.network'), toNetworkFile(record.privateIp, network));
  writeFileSync(join(folder, '50-local-cloud.conf'), toManagerConf(awsUrl));
  writeFileSync(join(folder, 'record.json'), `${JSON.stringify(record, null, 2)}\n`);
  return folder;
}
