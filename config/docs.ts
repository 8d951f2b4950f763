/**
 * Writes what is made from the schema: docs/config.md and docs/config.schema.json (for editors).
 * `npx tsx config/docs.ts`; with --check nothing is written, and the exit status says whether they are up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type JsonSchema, toReference } from './reference';
import { configSchema } from './schema';

const INTRODUCTION = `# Configuration

<!-- Made from config/schema.ts by \`npx tsx config/docs.ts\`: change it there. -->

One file, \`config/<environment>.yaml\`, says what one environment has; [dev.yaml](../config/dev.yaml) is the
worked example, [gitlab.yaml](../config/gitlab.yaml) the one for GitLab, [nomad.yaml](../config/nomad.yaml) for Nomad,
[github.yaml](../config/github.yaml) for GitHub.
\`ENV\` chooses it (default \`dev\`): \`make deploy ENV=prd\` reads \`config/prd.yaml\`. The name of an environment is 1 to 24
lower-case letters and digits. \`npx tsx config/check.ts <environment>\` tells every problem at once, with line and remedy;
every command that reads the file does so first.

Editors with a YAML language server complete and check while you type: keep the first line of the example. Fields that
several fleets share can be written once with an anchor and merged: \`- &linux …\`, then \`- { <<: *linux, name: other }\`.`;

/** File → text. */
export function buildDocs(): Record<string, string> {
  const schema = z.toJSONSchema(configSchema, { io: 'input' });
  return {
    'docs/config.schema.json': `${JSON.stringify({ title: 'Muster environment', ...schema }, null, 2)}\n`,
    'docs/config.md': `${INTRODUCTION}\n\n${toReference(schema as JsonSchema)}\n`,
  };
}

function main() {
  const root = join(__dirname, '..');
  for (const [file, text] of Object.entries(buildDocs())) {
    if (!process.argv.includes('--check')) {
      writeFileSync(join(root, file), text);
      console.log(`${file}: written`);
    } else if (readFileSync(join(root, file), 'utf8') !== text) {
      console.error(`${file} is not what config/schema.ts says: run npx tsx config/docs.ts`);
      process.exitCode = 1;
    }
  }
}

if (require.main === module) main();
