/** Config text → Config, or every problem in it. */
import { ConfigError, type Problem } from './problem';
import type { Rule, Subject } from './rules/rule';
import { salvage } from './salvage';
import { type Config, configSchema } from './schema';
import { toProblems } from './schema-problems';
import { parseYaml } from './yaml';

export interface ConfigText {
  environment: string;
  /** For messages. */
  file: string;
  text: string;
  rules: readonly Rule[];
}

/** @throws ConfigError, and nothing else */
export function parseConfig({ environment, file, text, rules }: ConfigText): Config {
  const yaml = parseYaml(text, file);
  if (yaml.raw === undefined) throw new ConfigError(yaml.problems);
  if (yaml.raw === null) {
    const problem = { path: [], wrong: 'the file is empty', remedy: 'start from config/dev.yaml' };
    throw new ConfigError([...yaml.problems, yaml.locate(problem)]);
  }
  const result = configSchema.safeParse(yaml.raw);
  const inFields = result.success ? [] : toProblems(configSchema, result.error.issues, yaml.raw);
  const draft = { ...(salvage(configSchema, yaml.raw) as object), environment } as Subject;
  const problems = [...yaml.problems, ...[...inFields, ...checkRules(rules, draft)].map(yaml.locate)];
  if (problems.length > 0 || !result.success) {
    throw new ConfigError(problems.sort((a, b) => a.line - b.line || a.column - b.column));
  }
  return { ...result.data, environment };
}

const checkRules = (rules: readonly Rule[], draft: Subject): Problem[] =>
  rules.flatMap((rule) => rule(draft));
