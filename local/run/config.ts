/** The config of a run: an environment's file with what the options changed. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isMap, isSeq, parseDocument, type YAMLMap, YAMLSeq } from 'yaml';
import { readConfig } from '../../config/load';
import type { Config } from '../../config/schema';
import type { CiName } from './ci/local-cis';

export interface RunConfig {
  /** Folder of the environment's file. */
  source: string;
  /** Folder to write to. */
  target: string;
  environment: string;
  /** For every fleet. */
  max?: number | undefined;
  /** Only fleets of these. Absent: all. */
  cis?: readonly CiName[] | undefined;
}

/** Copy the config of an environment, with another `max`, and without the fleets that are not wanted. */
export function writeConfig({ source, target, environment, max, cis }: RunConfig): Config {
  const document = parseDocument(readFileSync(join(source, `${environment}.yaml`), 'utf8'));
  // An environment may have runners for GitHub alone.
  const fleets = document.get('fleets') ?? new YAMLSeq<YAMLMap>();
  const accounts = document.get('accounts');
  if (!isSeq<YAMLMap>(fleets) || !isMap(accounts)) {
    throw new Error(`${environment}.yaml in ${source} has no accounts, or its fleets are no list.`);
  }
  if (cis) {
    fleets.items = fleets.items.filter((fleet) =>
      cis.includes(accounts.getIn([fleet.get('account'), 'ci']) as CiName),
    );
    const used = new Set(fleets.items.map((fleet) => fleet.get('account')));
    for (const { key } of [...accounts.items]) if (!used.has(String(key))) accounts.delete(key);
  }
  if (max !== undefined) for (const fleet of fleets.items) fleet.set('max', max);
  // It was relative to the file that is copied.
  const caFile = document.getIn(['organization', 'caFile']);
  if (typeof caFile === 'string') document.setIn(['organization', 'caFile'], resolve(source, caFile));
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, `${environment}.yaml`), document.toString());
  return readConfig({ environment, directory: target });
}
