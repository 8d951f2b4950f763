/** The words of `packer build`, as the project's scripts write them, and the variables that they name. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

const BUILDER = 'runner.amazon-ebs.aws';

/** Those of packer/runner.pkr.hcl that an image of the local cloud depends on; the others are about its builder at AWS. */
const variables = z.object({
  image: z.string(),
  environment: z.string(),
  architecture: z.enum(['x86_64', 'arm64']),
  agents: z.string(),
  toolchains: z.string(),
  git_commit: z.string(),
  contract: z.string(),
  manifest: z.string().default('packer-manifest.json'),
  region: z.string(),
  tags: z.record(z.string(), z.string()).default({}),
});

export type Variables = z.infer<typeof variables>;

export function parseBuild(words: string[], folder: string): { variables: Variables; template: string } {
  const template = words.find((word) => !word.startsWith('-'));
  if (!template) throw new Error('packer build needs a template');
  let given: Record<string, unknown> = {};
  for (const word of words.filter((one) => one !== template)) {
    const [, name, value = ''] = /^-([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === 'var-file')
      given = { ...given, ...JSON.parse(readFileSync(resolve(folder, value), 'utf8')) };
    else if (name === 'var') given[value.slice(0, value.indexOf('='))] = value.slice(value.indexOf('=') + 1);
    else if (name === 'only') {
      if (value !== BUILDER) throw new Error(`-only=${value}: the local cloud stands in for ${BUILDER} only`);
    } else if (name !== 'color') throw new Error(`packer build does not know ${word} here`);
  }
  return { variables: variables.parse(given), template: resolve(folder, template) };
}
