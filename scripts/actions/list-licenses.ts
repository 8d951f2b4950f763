import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a bundle has of others, with the licenses that want to be kept with it. Each text once. */
export function listLicenses(inputs: readonly string[]): string {
  const folders = new Set(
    inputs.flatMap((input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []),
  );
  const packages = [...folders].sort().map(readPackage);
  const texts = [...new Set(packages.map(({ text }) => text))];
  return [
    'Beside code of this repository (see LICENSE at its root) the files in this folder contain parts of:',
    packages.map(({ title }) => `- ${title}`).join('\n'),
    ...texts.map((text) => {
      const titles = packages.filter((one) => one.text === text).map(({ title }) => title);
      return `${'-'.repeat(80)}\n${titles.join('\n')}\n\n${text}`;
    }),
    '',
  ].join('\n\n');
}

function readPackage(folder: string): { title: string; text: string } {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  if (typeof license !== 'string')
    throw new Error(`${folder}/package.json names no license: it may not go into a bundle.`);
  return {
    title: `${name} ${version}: ${license}`,
    text: file
      ? readFileSync(join(folder, file), 'utf8').trim()
      : `License: ${license} (the package has no text of it)`,
  };
}
