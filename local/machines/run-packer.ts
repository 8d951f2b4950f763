/** One Packer run on a machine that is up, with the variables of packer/runner.pkr.hcl. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BOOT_CONTRACT } from '../../stacks/boot-environment';
import { PROJECT_DIR } from '../cloud/layout';
import type { BakeRequest } from './bake-request';
import type { Builder } from './builder';
import { inOwnNamespaces, runProgram } from './run-program';

const readCommit = (): string => {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      cwd: PROJECT_DIR,
      encoding: 'utf8',
    }).trim();
  } catch {
    return 'unknown';
  }
};

/** Packer's variables; see packer/runner.pkr.hcl. */
function toVariables(request: BakeRequest, pinsFile: string, builder: Builder) {
  const { environment, image, definition } = request;
  const proxy = request.proxy ?? process.env.http_proxy ?? '';
  return {
    environment,
    image,
    architecture: definition.architecture,
    agents: definition.agents.join(','),
    toolchains: definition.toolchains.join(','),
    git_commit: request.commit ?? readCommit(),
    contract: String(BOOT_CONTRACT),
    pins_override: pinsFile,
    proxy,
    no_proxy: proxy ? `127.0.0.1,localhost${process.env.no_proxy ? `,${process.env.no_proxy}` : ''}` : '',
    ssh_host: '127.0.0.1',
    ssh_port: builder.sshPort,
    ssh_private_key_file: builder.privateKeyFile,
  };
}

/** @param work folder for its files, gone after the bake */
export async function runPacker(
  request: BakeRequest,
  builder: Builder,
  { work, pinsFile, logFile }: { work: string; pinsFile: string; logFile: string },
): Promise<void> {
  const varFile = join(work, 'variables.json');
  writeFileSync(varFile, JSON.stringify(toVariables(request, pinsFile, builder), null, 2));
  const template = join(request.source ?? PROJECT_DIR, 'packer', 'runner.pkr.hcl');
  const build = ['build', '-color=false', '-only=runner.null.local', `-var-file=${varFile}`, template];
  const [program, words] = inOwnNamespaces(['packer', ...build]);
  await runProgram(program, words, {
    cwd: work,
    signal: request.signal,
    env: { ...process.env, CHECKPOINT_DISABLE: '1', PACKER_CONFIG_DIR: work },
    onLine: (line) => {
      appendFileSync(logFile, `${line}\n`);
      const step = /== (.*)$/.exec(line)?.[1];
      if (step) request.onLog(step);
    },
  });
}
