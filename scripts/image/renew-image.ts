/** A fresh image, from bake to promotion: nothing is promoted that did not prove itself. */
import { randomUUID } from 'node:crypto';
import { type Check, runChecks } from '../checks/run-checks';
import { verifyTemplateContract } from '../checks/verify-template-contract';
import { ExpectedError } from '../expected-error';
import type { Pace } from '../pace';
import { readSmokeSetup, type SmokeSetup } from '../smoke/read-smoke-place';
import { smokeImage } from '../smoke/smoke-image';
import type { ImageClients } from './clients';
import { type BakeRequest, planBake } from './plan-bake';
import { publishImage } from './publish-image';

export interface Renewal extends BakeRequest {
  /** What is checked before all else. */
  checks: Check[];
  /** when-possible: the first image comes before the deploy that makes a smoke test possible. */
  proof: 'required' | 'when-possible';
}

/** @returns the AMI that is promoted now. @throws ExpectedError when it is not: the one before stays */
export async function renewImage(clients: ImageClients, renewal: Renewal, pace: Pace): Promise<string> {
  const { config, image, checks, proof, stopped } = renewal;
  const ec2 = clients.ec2(config.aws.region);
  const bake = planBake(ec2, renewal);
  let setup: SmokeSetup = { kind: 'missing', why: 'not looked for' };
  const smokeCheck: Check = {
    title: 'Smoke test',
    verify: async () => {
      setup = await readSmokeSetup({ ec2, logs: clients.logs }, config);
      if (setup.kind === 'ready') return `in ${setup.subnetIds.join(', ')}`;
      if (proof === 'required')
        throw new ExpectedError(`An image cannot be proved: ${setup.why}. Deploy first: make deploy`);
      return `none, for ${setup.why}`;
    },
  };
  const templates: Check = {
    title: 'Launch templates',
    verify: () => verifyTemplateContract(ec2, config, image),
  };
  // Somebody who is there deploys what speaks the new contract next, and needs its image for that; nobody does at night.
  const mustFit = proof === 'required' ? [templates] : [];
  await runChecks([...checks, ...bake.checks, ...mustFit, smokeCheck], pace.print);

  const amiId = await bake.run();
  await prove(clients, { ...renewal, amiId, setup }, pace);
  if (stopped.aborted) throw new ExpectedError(`Stopped before ${amiId} was promoted.`);
  await publishImage(clients, { config, image, amiId }, pace);
  return amiId;
}

async function prove(
  { ec2, logs }: ImageClients,
  { config, image, amiId, setup, stopped }: Renewal & { amiId: string; setup: SmokeSetup },
  pace: Pace,
): Promise<void> {
  if (setup.kind === 'missing') {
    pace.print(`no smoke test: ${setup.why}`);
    return;
  }
  const smoke = { config, image, amiId, place: setup, makeToken: randomUUID, stopped };
  await smokeImage({ ec2: ec2(config.aws.region), logs }, smoke, pace);
}
