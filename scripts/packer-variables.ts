/** The variables of packer/runner.pkr.hcl for a bake on AWS, from the config. */
import { resolve } from 'node:path';
import type { Config } from '../config/schema';
import { BOOT_CONTRACT } from '../stacks/boot-environment';
import { ExpectedError } from './expected-error';
import { toBuilderType } from './image/builder-type';

export interface BakeInput {
  config: Config;
  image: string;
  /** What the image is baked from, for its tag. */
  commit: string;
  /** What the image starts from: name and root device of the base image found. */
  base: { name: string; rootDevice: string };
  /** Networks that Packer connects from to a builder without a public address; none: it gets one. */
  builderSourceCidrs: string[];
  /** Absolute path of a file that overrides provision/pins.env; empty for none. */
  pinsOverride: string;
  /** Folder of the config files; organization.caFile is relative to it. */
  configDirectory: string;
}

export function toPackerVariables(input: BakeInput) {
  const { config, image, commit, base, builderSourceCidrs, pinsOverride, configDirectory } = input;
  const definition = config.images[image];
  if (!definition) throw new ExpectedError(`config/${config.environment}.yaml defines no image ${image}.`);
  const { organization, network, aws } = config;
  return {
    image,
    environment: config.environment,
    architecture: definition.architecture,
    instance_type: toBuilderType(definition.architecture),
    agents: definition.agents.join(','),
    toolchains: definition.toolchains.join(','),
    git_commit: commit,
    contract: String(BOOT_CONTRACT),
    pins_override: pinsOverride,
    proxy: organization.proxy ?? '',
    no_proxy: organization.noProxy.join(','),
    ca_file: organization.caFile ? resolve(configDirectory, organization.caFile) : '',
    region: aws.region,
    base_owner: definition.base.owner,
    base_name: base.name,
    root_device: base.rootDevice,
    ssh_username: definition.base.user,
    builder_source_cidrs: builderSourceCidrs,
    disk_gb: definition.diskGb,
    // The network of a new VPC does not exist before the first deploy, which needs the image: the default VPC bakes.
    subnet_id: network.kind === 'existing' ? (network.subnetIds[0] ?? '') : '',
    kms_key_arn: organization.kmsKeyArn ?? '',
    tags: organization.tags,
  };
}

export const toDebianArchitecture = (architecture: 'x86_64' | 'arm64') =>
  architecture === 'x86_64' ? 'amd64' : 'arm64';
