/** The program that builds and pushes: Docker or Podman, whichever works here. */
import { $ } from 'zx';
import { ExpectedError } from '../expected-error';

export const TOOLS = ['docker', 'podman'] as const;

export interface ContainerTool {
  program: (typeof TOOLS)[number];
  version: string;
  /** What it runs without emulation, in the words of the config; undefined when it says something else. */
  architecture: 'x86_64' | 'arm64' | undefined;
}

/** Docker asks its daemon, Podman itself; both in a word or two. */
const QUESTIONS: Record<ContainerTool['program'], string> = {
  docker: '{{.ServerVersion}} {{.Architecture}}',
  podman: '{{.Version.Version}} {{.Host.Arch}}',
};

const ARCHITECTURES: Record<string, ContainerTool['architecture']> = {
  x86_64: 'x86_64',
  amd64: 'x86_64',
  aarch64: 'arm64',
  arm64: 'arm64',
};

/** @param named BUILDER of the operator; else the first that works. @throws ExpectedError with what each of them said */
export async function findContainerTool(named: string | undefined): Promise<ContainerTool> {
  const programs = TOOLS.filter((program) => !named || program === named);
  if (programs.length === 0) {
    throw new ExpectedError(`BUILDER=${named} is not known. Use BUILDER=${TOOLS.join(' or BUILDER=')}.`);
  }
  const said: string[] = [];
  for (const program of programs) {
    const answer = await $({
      nothrow: true,
      quiet: true,
      timeout: '60s',
    })`${program} info --format ${QUESTIONS[program]}`;
    const [version = '', architecture = ''] = answer.stdout.trim().split(' ');
    // Docker without its daemon answers with a status of 0 and no version in older releases.
    if (answer.exitCode === 0 && /^\d/.test(version)) {
      return { program, version, architecture: ARCHITECTURES[architecture] };
    }
    const reason = (answer.stderr || answer.stdout).trim().split('\n').at(-1);
    said.push(`${program}: ${reason || `ended with ${answer.exitCode}`}`);
  }
  throw new ExpectedError(
    `An image is built with Docker or Podman, and ${programs.length > 1 ? 'neither works' : 'it does not work'} here:\n${said.map((line) => `- ${line}`).join('\n')}\nInstall one (apt-get install podman) or start Docker; in CodeBuild the project needs privileged mode, which a deploy with githubEcs and nightly gives it.`,
  );
}
