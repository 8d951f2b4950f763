import { Refused } from './api';

export type Flags = Record<string, string | undefined>;

/** Flags as Go has them: one dash, `-name value` or `-name=value`; those without a value are `true`. */
export function parseFlags(args: readonly string[], withValue: readonly string[]): Flags {
  const flags: Flags = {};
  for (let i = 0; i < args.length; i++) {
    const [, name = '', given] = /^--?([a-z-]+)(?:=(.*))?$/s.exec(args[i] ?? '') ?? [];
    if (!name) throw new Refused(`This command takes no argument ${args[i]}`);
    if (given === undefined && withValue.includes(name)) {
      i += 1;
      flags[name] = args[i] ?? '';
    } else flags[name] = given ?? 'true';
  }
  return flags;
}
