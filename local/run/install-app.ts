import type { Config } from '../../config/schema';
import { makeLocalGithub } from './ci/github';

/** The App that the stand-in GitHub has, installed in every repository of the config, with what a secret of it holds. */
export async function installApp({
  config,
  githubUrl,
}: {
  config: Config;
  githubUrl: string;
}): Promise<string> {
  const rules = config.githubEcs?.repositories ?? [];
  const github = makeLocalGithub(githubUrl);
  await github.setUp({
    repositories: Object.fromEntries(rules.map(({ repository, ids }) => [repository, ids ? { ids } : {}])),
    ...(config.githubEcs ? { issuer: `https://${config.githubEcs.issuer}` } : {}),
    installations: [{ repositories: rules.map(({ repository }) => repository) }],
  });
  const { appId, privateKey } = await github.readApp();
  return JSON.stringify({ appId, privateKey });
}
