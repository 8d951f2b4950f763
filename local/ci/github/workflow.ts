/**
 * Runs a workflow of two jobs as GitHub does: `start`, on a hosted runner (a process of this host), logs in to AWS and runs the
 * action's own bundle; `work` then waits for a self-hosted runner with the label that `start` put out.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT_DIR } from '../../cloud/layout';
import { readActionFile } from './hosted/action-file';
import { assumeRole } from './hosted/assume-role';
import { makeHostedJob } from './hosted/hosted-job';
import { MaskedLog } from './hosted/masked-log';
import { CANCEL_TIMES } from './hosted/run-process';
import { makeStepRunner } from './hosted/step-runner';
import type { StartedRun } from './runs-api';
import type { GithubJob } from './state';
import type { WorkflowOptions, WorkflowResult } from './workflow-options';

const POLL_MS = 200;

async function runStart(options: WorkflowOptions, run: StartedRun, temp: string) {
  const { github, awsUrl, region, roleArn, secrets = {}, onLog = () => {} } = options;
  const cancelled = options.signal ?? new AbortController().signal;
  const log = new MaskedLog(onLog);
  for (const secret of [...Object.values(secrets), run.token, run.idTokenBearer]) log.mask(secret);
  const job = makeHostedJob(log, cancelled, (steps) => github.updateHosted(run, { steps }));
  const idTokenUrl = `${github.url}/_services/idtoken?api-version=2.0`;
  const runner = makeStepRunner({
    run: options.run,
    started: run,
    githubUrl: github.url,
    idTokenUrl,
    environment: { AWS_ENDPOINT_URL: awsUrl },
    temp,
    log,
    times: options.cancelTimes ?? CANCEL_TIMES,
  });
  const action = readActionFile(options.actionDir ?? join(PROJECT_DIR, 'actions', 'start-runner'));
  const given = { ...options.inputs, ...secrets };

  if (roleArn !== null)
    await job.step('Configure AWS credentials', async () => {
      const { idTokenBearer } = run;
      const found = await assumeRole({ roleArn, region, awsUrl, idTokenUrl, idTokenBearer });
      for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
        log.mask(found[name] ?? '');
      runner.export(found);
    });
  await job.step(action.name, (signal) => runner.main(action, given, job.status(), signal));
  for (const [index, command] of (options.afterwards ?? []).entries())
    await job.step(`Step ${index + 1}`, (signal) => runner.bash(command, signal));
  // An action that never began has nothing to clean up.
  const began = job.steps().some(({ name, conclusion }) => name === action.name && conclusion !== 'skipped');
  if (action.post && began)
    await job.always(`Post ${action.name}`, (signal) => runner.post(action, given, job.status(), signal));
  await github.updateHosted(run, { steps: job.steps(), conclusion: job.status() });
  return {
    conclusion: job.status(),
    steps: job.steps(),
    outputs: runner.outputs(),
    summary: runner.summary(),
    log: log.text(),
  };
}

async function runWork(options: WorkflowOptions, runId: number, label: string): Promise<GithubJob | null> {
  const { github, run, work, signal, workLimitSeconds = 300 } = options;
  if (!work) return null;
  const { labels = (own: string) => ['self-hosted', own], ...job } = work;
  const [id = ''] = await github.queue({
    ...job,
    repository: run.repository,
    runId,
    name: 'work',
    labels: labels(label),
  });
  const deadline = performance.now() + workLimitSeconds * 1000;
  let isCancelled = false;
  for (;;) {
    const seen = await github.readJob(id);
    if (seen.finishedAt) return seen;
    if (!isCancelled && (signal?.aborted || performance.now() > deadline)) {
      isCancelled = true;
      await github.cancel(id);
      continue;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export async function runWorkflow(options: WorkflowOptions): Promise<WorkflowResult> {
  const temp = mkdtempSync(join(tmpdir(), 'muster-workflow-'));
  try {
    const run = await options.github.startRun({ ...options.run, name: 'start' });
    const start = await runStart(options, run, temp);
    const isWell = start.conclusion === 'success';
    const work = isWell ? await runWork(options, run.runId, start.outputs.label ?? '') : null;
    const conclusion = isWell ? (work?.conclusion ?? 'success') : start.conclusion;
    return { runId: run.runId, conclusion, start, work };
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
}
