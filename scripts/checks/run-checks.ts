/** Titled checks before the first step: all of them run, so that everything that is wrong is told at once. */
import { ExpectedError } from '../expected-error';
import { toReport } from '../run-script';

export interface Check {
  title: string;
  /** Answers what was found, in a few words. Throws when it will not do. */
  verify: () => Promise<string>;
}

/** @throws ExpectedError when a check failed, after all have run */
export async function runChecks(checks: Check[], print: (line: string) => void): Promise<void> {
  let failed = 0;
  for (const { title, verify } of checks) {
    try {
      print(`✔ ${title}: ${await verify()}`);
    } catch (error) {
      failed += 1;
      print(`✖ ${title}\n${toReport(error).replace(/^/gm, '    ')}`);
    }
  }
  if (failed > 0) {
    throw new ExpectedError(
      `${failed} of ${checks.length} checks failed, so nothing was changed. Remedy the above and run the same again.`,
    );
  }
}
