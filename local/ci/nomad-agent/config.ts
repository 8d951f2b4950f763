/** The configuration of a client, as ci/nomad-config writes it: JSON. */
import { existsSync, readFileSync } from 'node:fs';
import { Refused } from './api';

export interface ClientConfig {
  name: string;
  datacenter: string;
  data_dir: string;
  addresses: { http: string };
  client: {
    enabled: boolean;
    node_pool?: string;
    node_class?: string;
    server_join: { retry_join: string[] };
  };
  acl: { enabled: boolean };
  tls: { rpc: boolean; ca_file: string; cert_file: string; key_file: string };
}

export function readClientConfig(file: string): ClientConfig {
  if (!file) throw new Refused('Must specify at least one of "server", "client", "dev": use -config FILE');
  const config = JSON.parse(readFileSync(file, 'utf8')) as ClientConfig;
  if (!config.client.enabled) throw new Refused('This stand-in is a client only');
  const { ca_file, cert_file, key_file } = config.tls;
  for (const pem of [ca_file, cert_file, key_file])
    if (!existsSync(pem) || !readFileSync(pem, 'utf8').includes('-----BEGIN'))
      throw new Refused(`Error starting agent: failed to load TLS file ${pem}`);
  return config;
}
