/**
 * Everything of one environment. One stack: `cdktf deploy` needs no stack names, and Terraform knows every
 * dependency, so that a destroy drains the fleets before it takes away what draining needs.
 */
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { toGroups } from '../config/groups';
import type { Config } from '../config/schema';
import { AwsBackend } from './backend';
import { Control } from './control/control';
import { Drain } from './drain/drain';
import { Fleet } from './fleet/fleet';
import { PromotedImages } from './fleet/promoted-images';
import { VolumeKeyGrant } from './fleet/volume-key-grant';
import { GithubEcs } from './github-ecs/github-ecs';
import type { Packages } from './lambda/publish-packages';
import { createNetwork } from './network/create-network';
import { Nightly } from './nightly/nightly';
import type { Source } from './nightly/publish-source';
import { SmokeRole } from './nightly/smoke-role';
import { MusterProvider } from './provider';

export interface MusterStackProps {
  config: Config;
  packages: Packages;
  /** The project itself, for the nightly build; needed with `nightly` in the config. */
  source?: Source | undefined;
  /** Where the state file lies when the backend is local. */
  stateDirectory: string;
}

export class MusterStack extends TerraformStack {
  constructor(scope: Construct, id: string, { config, packages, source, stateDirectory }: MusterStackProps) {
    super(scope, id);
    new AwsBackend(this, 'state', { config, stateDirectory });
    new MusterProvider(this, 'provider', config);

    const network = createNetwork(this, 'network', config);
    const images = new PromotedImages(this, 'images', config);
    // Tasks on Fargate are on no instance: without a group nothing drains.
    const drain =
      toGroups(config).length > 0 ? new Drain(this, 'drain', { config, package: packages.drain }).ready : [];
    const fleets = config.fleets.map(
      (fleet) =>
        new Fleet(this, `fleet-${fleet.name}`, {
          config,
          fleet,
          network,
          image: images.of(fleet.image),
          drain,
        }),
    );
    const runners =
      config.githubEcs &&
      new GithubEcs(this, 'github-ecs', {
        config,
        githubEcs: config.githubEcs,
        network,
        imageOf: (name) => images.of(name),
        drain,
      });
    const ready = [...fleets.flatMap((fleet) => fleet.ready), ...(runners?.groups ?? [])];
    if (Object.keys(config.images).length > 0) new SmokeRole(this, 'smoke', config);
    if (config.nightly) {
      if (!source) throw new Error('The nightly build needs the source of the project.');
      new Nightly(this, 'nightly', { config, nightly: config.nightly, network, source });
    }
    new Control(this, 'control', { config, network, packages, fleets: ready });
    if (config.organization.kmsKeyArn && ready.length > 0) {
      new VolumeKeyGrant(this, 'volume-key', {
        config,
        keyArn: config.organization.kmsKeyArn,
        fleets: ready,
      });
    }
  }
}
