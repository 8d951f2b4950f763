/** What the nightly build is told beside the config. */
import type { Config } from '../../config/schema';
import type { Source } from './publish-source';

/** @param builderSources networks that Packer connects from to builders without a public address; none: they have one */
export function toBuildVariables(
  { environment, organization, githubEcs }: Config,
  source: Source,
  builderSources: string | undefined,
): Record<string, string> {
  return {
    ENV: environment,
    MUSTER_CONFIG_DIR: source.configDirectory,
    COMMIT: source.commit,
    ...(builderSources ? { BUILDER_FROM: builderSources } : {}),
    // The build's machine is of the other architecture, which alone has Ubuntu.
    ...(githubEcs?.image.architecture === 'arm64' ? { EMULATE: 'arm64' } : {}),
    ...(organization.proxy ? toProxy(organization.proxy, organization.noProxy) : {}),
  };
}

/** In both spellings: programs disagree. Credentials of the build come from an address that no proxy reaches. */
function toProxy(proxy: string, noProxy: string[]): Record<string, string> {
  const beside = ['127.0.0.1', 'localhost', '169.254.169.254', '169.254.170.2', ...noProxy].join(',');
  const variables = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: beside };
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => [
      [name, value],
      [name.toLowerCase(), value],
    ]),
  );
}
