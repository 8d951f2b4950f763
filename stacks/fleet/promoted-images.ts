/**
 * The promoted image of every image definition that instances boot from: its id comes from the parameter that
 * `make ami` writes. A plan fails here, before it changes anything, and names the remedy.
 */

import { dirname } from 'node:path';
import { DataAwsAmi } from '@cdktf/provider-aws/lib/data-aws-ami';
import { DataAwsAmiIds } from '@cdktf/provider-aws/lib/data-aws-ami-ids';
import { DataAwsSsmParametersByPath } from '@cdktf/provider-aws/lib/data-aws-ssm-parameters-by-path';
import { Fn, propertyAccess, TerraformCount, Token } from 'cdktf';
import { Construct } from 'constructs';
import { toGroups } from '../../config/groups';
import { imageParameter, TAGS } from '../../config/names';
import type { Config } from '../../config/schema';
import { BOOT_CONTRACT } from '../boot-environment';

export interface PromotedImage {
  id: string;
  rootDeviceName: string;
}

export class PromotedImages extends Construct {
  private readonly images: Map<string, PromotedImage>;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const groups = toGroups(config);
    const names = [...new Set(groups.map((group) => group.image))];
    const bake = (image: string) => `make ami ENV=${config.environment} IMAGE=${image}`;
    // By path, not by name: a missing parameter is then an empty list, and the error can say what to do.
    const parameters = new DataAwsSsmParametersByPath(this, 'promoted', {
      path: dirname(imageParameter(config.environment, '-')),
      lifecycle: {
        postcondition: names.map((image) => ({
          condition: `\${contains(self.names, "${imageParameter(config.environment, image)}")}`,
          errorMessage: `No image "${image}" is promoted for environment "${config.environment}". Bake and promote one: ${bake(image)}`,
        })),
      },
    });
    const ids = Fn.nonsensitive(Fn.zipmap(parameters.names, parameters.values));
    this.images = new Map(
      names.map((image) => [
        image,
        this.verify({
          image,
          id: Fn.lookup(ids, imageParameter(config.environment, image), 'ami-not-promoted'),
          agents: [...new Set(groups.filter((group) => group.image === image).map(({ agent }) => agent))],
          architecture: config.images[image]?.architecture ?? '',
          remedy: bake(image),
          environment: config.environment,
        }),
      ]),
    );
  }

  /** The promoted image of an image definition that something boots from. */
  of(image: string): PromotedImage {
    const promoted = this.images.get(image);
    if (!promoted) throw new Error(`No fleet uses image "${image}": known are ${[...this.images.keys()]}.`);
    return promoted;
  }

  private verify(props: {
    image: string;
    id: string;
    agents: string[];
    architecture: string;
    remedy: string;
    environment: string;
  }): PromotedImage {
    const { image, id, agents, architecture, remedy, environment } = props;
    const what = `The promoted image of "${image}"`;
    const tag = (key: string) => `lookup(self.tags, "${key}", "")`;
    const present = new DataAwsAmiIds(this, `${image}-present`, {
      owners: ['self'],
      filter: [{ name: 'image-id', values: [id] }],
      lifecycle: {
        postcondition: [
          {
            condition: `\${length(self.ids) > 0}`,
            errorMessage: `${what}, ${id}, is not in this account and region any more. Promote another, or bake anew: ${remedy}`,
          },
        ],
      },
    });
    const ami = new DataAwsAmi(this, image, {
      // Absent without an image: a destroy reads all this too, and has to work when the image is gone.
      count: TerraformCount.of(Token.asNumber(Fn.min([1, Fn.lengthOf(present.ids)]))),
      owners: ['self'],
      filter: [{ name: 'image-id', values: present.ids }],
      lifecycle: {
        postcondition: [
          {
            // That environment's housekeeping removes what nothing there needs: it does not look at the fleets of this one.
            condition: `\${${tag(TAGS.environment)} == "${environment}"}`,
            errorMessage: `${what}, \${self.id}, belongs to environment "\${${tag(TAGS.environment)}}", this is "${environment}". Bake one for this environment, or copy it with its tag: ${remedy}`,
          },
          {
            condition: `\${${tag(TAGS.contract)} == "${BOOT_CONTRACT}"}`,
            errorMessage: `${what}, \${self.id}, understands boot contract "\${${tag(TAGS.contract)}}", this deploy speaks "${BOOT_CONTRACT}". Bake anew: ${remedy}`,
          },
          ...agents.map((agent) => ({
            condition: `\${contains(split(" ", ${tag(TAGS.agents)}), "${agent}")}`,
            errorMessage: `${what}, \${self.id}, has the agents "\${${tag(TAGS.agents)}}", but a fleet needs "${agent}". Name it in the config's images.${image}.agents, then: ${remedy}`,
          })),
          {
            condition: `\${self.architecture == "${architecture}"}`,
            errorMessage: `${what}, \${self.id}, is \${self.architecture}, but the config says ${architecture}. Bake anew: ${remedy}`,
          },
        ],
      },
    });
    const attribute = (name: string) => Fn.one(propertyAccess(ami.fqn, ['*', name]));
    return { id: attribute('id'), rootDeviceName: attribute('root_device_name') };
  }
}
