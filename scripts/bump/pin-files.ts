/** The two files that pin versions, read and rewritten so that every other byte stays. */

export interface Pinned {
  version: string;
  /** By architecture, in the project's own word for it; empty where none is pinned. */
  sums: Readonly<Record<string, string>>;
}

export interface PinFile {
  read: (text: string) => Pinned;
  write: (text: string, pinned: Pinned) => string;
}

/** `NAME_VERSION=`, `NAME_SHA256_<architecture>=` lines of provision/pins.env. */
export function environmentPin(name: string): PinFile {
  const line = (key: string) => new RegExp(`^(${key}=)(.*)$`, 'm');
  return {
    read: (text) => ({
      version: find(text, line(`${name}_VERSION`), `${name}_VERSION`),
      sums: Object.fromEntries(
        [...text.matchAll(new RegExp(`^${name}_SHA256_(\\w+)=(.*)$`, 'gm'))].map(
          ([, arch = '', sum = '']) => [arch, sum],
        ),
      ),
    }),
    write: (text, { version, sums }) =>
      Object.entries(sums).reduce(
        (changed, [arch, sum]) => changed.replace(line(`${name}_SHA256_${arch}`), (_line, key) => key + sum),
        text.replace(line(`${name}_VERSION`), (_line, key) => key + version),
      ),
  };
}

/** Address of a pin for a version and an architecture. */
export function toAddress(text: string, name: string, version: string, arch: string): string {
  const address = find(text, new RegExp(`^(${name}_URL=)(.*)$`, 'm'), `${name}_URL`);
  return address.replaceAll('{version}', version).replaceAll('{arch}', arch);
}

/** `TOOL_VERSION=` and the checksums `[tool_<version>_linux_<architecture>]=` of scripts/setup.d/hashicorp.sh. */
export function bashPin(tool: string): PinFile {
  const version = new RegExp(`(${tool.toUpperCase()}_VERSION=)([\\d.]+)`);
  const sums = new RegExp(`(\\[${tool}_)[\\d.]+(_linux_(\\w+)\\]=)([0-9a-f]*)`, 'g');
  return {
    read: (text) => ({
      version: find(text, version, `${tool.toUpperCase()}_VERSION`),
      sums: Object.fromEntries([...text.matchAll(sums)].map(([, , , arch = '', sum = '']) => [arch, sum])),
    }),
    write: (text, pinned) =>
      text
        .replace(version, (_found, key) => key + pinned.version)
        .replace(
          sums,
          (_whole, before: string, middle: string, arch: string, sum: string) =>
            `${before}${pinned.version}${middle}${pinned.sums[arch] ?? sum}`,
        ),
  };
}

function find(text: string, pattern: RegExp, what: string): string {
  const value = pattern.exec(text)?.[2];
  if (value === undefined) throw new Error(`there is no ${what} in the file`);
  return value;
}
