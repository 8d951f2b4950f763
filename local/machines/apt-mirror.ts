/** Which Debian mirror to use: the one that this host's own apt is told to use, when it is a Debian host. */
export interface DebianMirror {
  main: string;
  security: string;
}

const DEFAULT: DebianMirror = {
  main: 'http://deb.debian.org/debian',
  security: 'http://deb.debian.org/debian-security',
};

/** @param sources texts of the host's sources files, in both of apt's formats */
export function chooseMirror(osRelease: string, sources: string[]): DebianMirror {
  if (!/^ID="?debian"?$/m.test(osRelease)) return DEFAULT;
  const urls = sources
    .flatMap((text) => text.split('\n'))
    .filter((line) => !line.trim().startsWith('#'))
    .flatMap((line) => line.match(/https?:\/\/\S+/g) ?? [])
    .map((url) => url.replace(/\/+$/, ''));
  const main = urls.find((url) => url.endsWith('/debian'));
  const security = urls.find((url) => url.endsWith('/debian-security'));
  return { main: main ?? DEFAULT.main, security: security ?? DEFAULT.security };
}

export const toSourcesList = (suite: string, { main, security }: DebianMirror): string =>
  [
    `deb ${main} ${suite} main`,
    `deb ${main} ${suite}-updates main`,
    `deb ${security} ${suite}-security main`,
    '',
  ].join('\n');
