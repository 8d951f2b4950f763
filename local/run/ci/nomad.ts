import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FleetConfig, NomadConfig } from '../../../config/schema';
import { BRIDGE, PORTS } from '../../cloud/layout';
import { ask } from './ask';
import type { CiJob, FleetTokens, LocalCi } from './local-ci';

/** Each fleet has a node pool, and the jobs that are meant for it are of that pool. */
export function makeNomad(url: string, fleets: FleetConfig[]): LocalCi {
  return {
    newRunnerToken: toClientSecret,
    publish: async (tokens) => {
      await ask(`${url}/_local/setup`, 'PUT', toSetup(tokens));
    },
    async enqueue(fleet, tasks) {
      const { datacenter, nodePool, namespaces } = nomadOf(fleet);
      await ask(
        `${url}/_local/jobs`,
        'POST',
        tasks.map((task) => ({ ...task, datacenters: [datacenter], nodePool, namespace: namespaces[0] })),
      );
    },
    async readJobs() {
      const jobs = (await ask(`${url}/_local/jobs`)) as (CiJob & { nodePool: string })[];
      return jobs.map(({ nodePool, ...job }) => ({
        ...job,
        fleet: fleets.find(({ nomad }) => nomad?.nodePool === nodePool)?.name,
      }));
    },
    async readLeftovers() {
      const nodes = (await ask(`${url}/_local/nodes`)) as { name: string; status: string }[];
      return nodes.map(({ name, status }) => `at Nomad: node ${name}, which is ${status}`);
    },
  };
}

const nomadOf = ({ name, nomad }: FleetConfig): NomadConfig => {
  if (!nomad) throw new Error(`Fleet "${name}" does not serve Nomad.`);
  return nomad;
};

function toSetup(tokens: FleetTokens[]) {
  return {
    pools: [...new Set(tokens.map(({ fleet }) => nomadOf(fleet).nodePool))],
    namespaces: [...new Set(tokens.flatMap(({ fleet }) => nomadOf(fleet).namespaces))],
    tokens: tokens.flatMap(({ apiToken, runnerToken }) => [
      { token: apiToken, node: 'read', readJob: ['*'] },
      { token: (JSON.parse(runnerToken) as { token: string }).token, node: 'write', readJob: ['*'] },
    ]),
  };
}

/** The secret of a client: a certificate of its own, which is its own authority, and an ACL token. */
export function toClientSecret(random: string, servers = [`${BRIDGE.gateway}:${PORTS.nomad}`]): string {
  const folder = mkdtempSync(join(tmpdir(), 'muster-nomad-'));
  try {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const args = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '2'];
    execFileSync(
      'openssl',
      ['req', '-x509', ...args, '-subj', '/CN=client.global.nomad', '-keyout', key, '-out', certificate],
      { stdio: 'pipe' },
    );
    const pem = readFileSync(certificate, 'utf8');
    return JSON.stringify({
      servers,
      ca: pem,
      certificate: pem,
      key: readFileSync(key, 'utf8'),
      token: random,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
