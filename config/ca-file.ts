/** The file with private CA certificates: read here, because a bake that misses it fails half an hour later. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Problem, show } from './problem';
import type { Rule } from './rules/rule';

export const caFileIsSound =
  (directory: string): Rule =>
  ({ organization }) => {
    if (organization?.caFile === undefined) return [];
    return checkFile(resolve(directory, organization.caFile), organization.caFile);
  };

function checkFile(file: string, seen: string): Problem[] {
  const path = ['organization', 'caFile'];
  try {
    const text = readFileSync(file, 'utf8');
    if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
      return [{ path, wrong: `${file} holds a private key`, remedy: 'leave only the certificates in it' }];
    }
    if (text.includes('-----BEGIN CERTIFICATE-----')) return [];
    return [
      { path, wrong: `${file} holds no certificate`, remedy: 'use a PEM file (-----BEGIN CERTIFICATE-----)' },
    ];
  } catch (error) {
    return [
      {
        path,
        wrong: `${show(seen)} cannot be read: ${(error as Error).message}`,
        remedy: 'use a path relative to the config file',
      },
    ];
  }
}
