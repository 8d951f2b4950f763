/** One run: image, cloud, deploy, tokens, jobs, back to zero, destroy. What was seen is the record. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { groupName, scalerName } from '../../config/names';
import type { Config, FleetConfig } from '../../config/schema';
import { type Cloud, startCloud } from '../cloud';
import { PROJECT_DIR } from '../cloud/layout';
import { bakeImages } from './bake-images';
import { type BakedImage, bringUp } from './bring-up';
import { type LocalCis, makeLocalCis, toCiUrls } from './ci/local-cis';
import { writeConfig } from './config';
import { readDecisions } from './decisions';
import { type LocalEnvironment, operate } from './environment';
import { type Job, toTask } from './jobs';
import { makeClients } from './operator';
import type { Options } from './options';
import type { RunRecord, Sample } from './record';
import type { Steps } from './steps';
import type { View } from './view';
import { type Fleets, isDone, readEvents, readJobs, readSample } from './watch';

export interface RunProps {
  options: Options;
  jobs: Job[];
  runDir: string;
  steps: Steps;
  signal: AbortSignal;
  view: View;
  print: (line: string) => void;
  /** Resolves when the user has looked around; only asked with KEEP. */
  waitForUser: () => Promise<void>;
}

const ENVIRONMENT = 'local';
const SAMPLE_MS = 1000;
/** A run that gets nowhere for so long is broken, and says so. */
const PATIENCE_MS = 10 * 60_000;

export async function runFleets(props: RunProps): Promise<RunRecord> {
  const { options, runDir, steps, print } = props;
  const config = writeConfig({
    source: join(PROJECT_DIR, 'config'),
    target: join(runDir, 'config'),
    environment: ENVIRONMENT,
    max: options.max,
    cis: options.cis,
  });
  const baked = await bakeImages(config, props);
  const cloud = await steps.run('Start the local cloud in namespaces of its own: AWS, CI, machines', () =>
    startCloud({ runDir, onLog: (line) => appendFileSync(join(runDir, 'cloud.log'), `${line}\n`) }),
  );
  const leftovers: string[] = [];
  try {
    const record = await Promise.race([useCloud(cloud, config, baked, props), cloud.died]);
    leftovers.push(...record.leftovers, ...findResources(runDir));
    return { ...record, leftovers };
  } finally {
    print('▸ Stop the local cloud');
    await cloud.stop().catch((error: Error) => {
      print(error.message);
      leftovers.push(error.message);
    });
  }
}

async function useCloud(cloud: Cloud, config: Config, baked: BakedImage[], props: RunProps) {
  const { options, jobs, runDir, steps, signal, print } = props;
  const { awsEndpointUrl: awsUrl, githubUrl } = cloud;
  const urls = toCiUrls(cloud);
  const cis = makeLocalCis(config, urls);
  const local: LocalEnvironment = {
    config,
    runDir,
    awsUrl,
    githubUrl,
    cis,
    signal,
  };
  print(
    `  AWS: AWS_ENDPOINT_URL=${awsUrl} AWS_ACCESS_KEY_ID=operator AWS_SECRET_ACCESS_KEY=operator AWS_REGION=${config.aws.region}`,
  );
  for (const ci of options.cis) print(`  ${ci}: ${urls[ci]}`);
  await bringUp(local, baked, { steps, print: (line) => print(`  ${line}`) });

  const fleets: Fleets = config.fleets.map(({ name, resourceClass, gitlab, max, idleSeconds }) => ({
    name,
    group: groupName(config.environment, name),
    serves: gitlab ? `runner ${gitlab.runnerId} at GitLab` : `${resourceClass} at CircleCI`,
    max,
    idleSeconds,
  }));
  const { settings, autoScaling } = makeClients(awsUrl, config.aws.region);
  const ports = { autoScaling, cis, awsUrl };
  const start = Date.now();
  const samples = await steps.run(
    `Run ${jobs.length} jobs, then wait until the fleets are back at zero`,
    async () => {
      await enqueue(cis, jobs, config.fleets);
      return watch(ports, fleets, start, props);
    },
  );
  if (options.keep) await props.waitForUser();
  const [leftovers, events, records, decisions] = await Promise.all([
    cis.readLeftovers(),
    readEvents(ports, start),
    readJobs(ports, start),
    readDecisions(new CloudWatchLogsClient(settings), `/aws/lambda/${scalerName(config.environment)}`, start),
  ]);
  await steps.run('Destroy what was deployed', () => operate(local, 'scripts/destroy.ts'));
  return { fleets, samples, events, jobs: records, decisions, leftovers, steps: steps.taken };
}

/** In turn to each fleet. */
async function enqueue(cis: LocalCis, jobs: Job[], fleets: FleetConfig[]): Promise<void> {
  await Promise.all(
    fleets.map((fleet, turn) =>
      cis.enqueue(fleet, jobs.filter((_, index) => index % fleets.length === turn).map(toTask)),
    ),
  );
}

/** Look once a second until every job has ended and no instance is left, or nothing has changed for too long. */
async function watch(
  ports: Parameters<typeof readSample>[0],
  fleets: Fleets,
  start: number,
  { signal, view, print }: RunProps,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  let changedAt = Date.now();
  try {
    for (;;) {
      signal.throwIfAborted();
      const now = Date.now();
      const sample = await readSample(ports, fleets, start, now);
      if (JSON.stringify(sample.fleets) !== JSON.stringify(samples.at(-1)?.fleets)) changedAt = now;
      samples.push(sample);
      view.show(sample);
      if (isDone(sample)) return samples;
      if (now - changedAt > PATIENCE_MS) {
        print(`Nothing has changed for ${PATIENCE_MS / 60_000} minutes: giving up.`);
        return samples;
      }
      await sleep(SAMPLE_MS, undefined, { signal });
    }
  } finally {
    view.end();
  }
}

/** Resources that Terraform still has in its state after the destroy. */
function findResources(runDir: string): string[] {
  const file = join(runDir, `terraform.muster-${ENVIRONMENT}.tfstate`);
  if (!existsSync(file)) return [];
  const { resources = [] } = JSON.parse(readFileSync(file, 'utf8')) as {
    resources?: { mode: string; type: string; name: string }[];
  };
  return resources
    .filter(({ mode }) => mode === 'managed')
    .map(({ type, name }) => `in the state: ${type}.${name}`);
}
