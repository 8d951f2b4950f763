/** A local cloud whose AWS is a stand-in of the tests, and machines that boot the bare base: machines on their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cloud, type CloudOptions, startCloud } from '../../local/cloud';
import { PROJECT_DIR } from '../../local/cloud/layout';
import { getBase } from '../../local/machines/base';
import type { InstanceRecord } from '../../local/machines/instance';
import { until } from './until';

export const FAKE_AWS = [process.execPath, '--import', 'tsx', join(__dirname, 'fake-aws.ts')];

export const readBase = () =>
  getBase({
    stateDir: join(PROJECT_DIR, '.muster'),
    node: process.execPath,
    log: (line) => process.stderr.write(`base: ${line}\n`),
  });

let count = 0;

/** An instance in order; tests change one thing. */
export function instanceOf(rootfs: string, changes: Partial<InstanceRecord> = {}): InstanceRecord {
  count += 1;
  return {
    instanceId: `i-0123456789abc${String(count).padStart(4, '0')}`,
    imageId: 'ami-0123456789abcdef0',
    imageTags: { 'local:rootfs': rootfs },
    instanceType: 'm7i.large',
    availabilityZone: 'us-east-1a',
    privateIp: `10.87.0.${10 + count}`,
    subnetId: 'subnet-0123456789abcdef0',
    userData: 'MUSTER_FLEET=linux\n',
    tags: { 'muster:fleet': 'linux' },
    roleArn: 'arn:aws:iam::123456789012:role/runners/instance',
    group: 'muster-dev-linux',
    lifecycleState: 'Pending:Wait',
    targetLifecycleState: 'InService',
    state: 'running',
    launchedAt: '2026-01-01T00:00:00Z',
    lifeCycle: 'on-demand',
    spotAction: null,
    rebalanceNoticeTime: null,
    ...changes,
  };
}

export class MachinesCloud {
  private constructor(
    readonly cloud: Cloud,
    readonly runDir: string,
    readonly log: string[],
  ) {}

  static async start(options: Partial<CloudOptions> = {}): Promise<MachinesCloud> {
    const runDir = mkdtempSync(join(tmpdir(), 'muster-machines-'));
    const log: string[] = [];
    const onLog = (line: string) => void log.push(line);
    const cloud = await startCloud({ runDir, awsCommand: FAKE_AWS, onLog, ...options });
    return new MachinesCloud(cloud, runDir, log);
  }

  /** @param inAws what the stand-in AWS knows of it besides: `stateWhenOff` */
  async launch(record: InstanceRecord, inAws: { stateWhenOff?: string } = {}): Promise<void> {
    const body = JSON.stringify(record);
    await fetch(`${this.cloud.awsEndpointUrl}/_local/instances/${record.instanceId}`, {
      method: 'PUT',
      body: JSON.stringify({ ...record, ...inAws }),
    });
    const answer = await fetch(`${this.cloud.machinesUrl}/launch`, { method: 'POST', body });
    if (answer.status !== 202) throw new Error(`launch: ${answer.status} ${await answer.text()}`);
  }

  /** Launches and waits until systemd has started everything. */
  async boot(record: InstanceRecord, inAws: { stateWhenOff?: string } = {}): Promise<InstanceRecord> {
    await this.launch(record, inAws);
    await this.up(record);
    return record;
  }

  /** Starts a machine that was stopped, and forgets why it was. */
  async startAgain(record: InstanceRecord): Promise<void> {
    await fetch(`${this.cloud.awsEndpointUrl}/stopped/${record.instanceId}`, { method: 'DELETE' });
    await this.power('start', record);
    await this.up(record);
  }

  private async up(record: InstanceRecord): Promise<void> {
    await until(
      `${record.instanceId} up`,
      () => this.run(record, 'systemctl', 'is-system-running').catch(String),
      (state) => /^(running|degraded)$/.test(state),
    );
  }

  async run(record: InstanceRecord, ...command: string[]): Promise<string> {
    return (await this.cloud.exec(record.instanceId, command)).stdout.trim();
  }

  /** The daemon's answer. */
  async power(word: 'stop' | 'start' | 'terminate', record: InstanceRecord): Promise<number> {
    const body = JSON.stringify({ instanceId: record.instanceId });
    return (await fetch(`${this.cloud.machinesUrl}/${word}`, { method: 'POST', body })).status;
  }

  async terminate(record: InstanceRecord): Promise<void> {
    await this.power('terminate', record);
  }

  /** Why the machine is off, as the local AWS was told. */
  stopped(record: InstanceRecord): Promise<string> {
    return until(`${record.instanceId} off`, async () => {
      const all = (await (await fetch(`${this.cloud.awsEndpointUrl}/stopped`)).json()) as Record<
        string,
        string
      >;
      return all[record.instanceId] ?? '';
    });
  }

  /** The metadata service as the machine sees it: status, a line break, the body. */
  async metadata(record: InstanceRecord, path: string, ...curl: string[]): Promise<string> {
    const token = await this.run(
      record,
      'curl',
      '-sX',
      'PUT',
      '-H',
      'X-aws-ec2-metadata-token-ttl-seconds: 60',
      `${IMDS}/api/token`,
    );
    const header = `X-aws-ec2-metadata-token: ${token}`;
    return this.run(record, 'curl', '-sS', '-w', '\n%{http_code}', '-H', header, ...curl, `${IMDS}/${path}`);
  }

  async stop(): Promise<void> {
    try {
      await this.cloud.stop();
    } finally {
      rmSync(this.runDir, { recursive: true, force: true });
    }
  }
}

export const IMDS = 'http://169.254.169.254/latest';
