/** Renews one image after the other; one that fails does not stop the others. */
import { ExpectedError } from '../expected-error';
import { toReport } from '../run-script';
import { IncompletePromotion } from './incomplete-promotion';

interface Rounds {
  images: readonly string[];
  /** Renews one. @returns the AMI that is promoted now */
  renew: (image: string) => Promise<string>;
  stopped: AbortSignal;
  print: (line: string) => void;
}

/** @throws ExpectedError after all were tried, when one was not renewed, or is promoted without all that belongs to it */
export async function renewAll({ images, renew, stopped, print }: Rounds): Promise<void> {
  const lines: string[] = [];
  let failed = 0;
  for (const image of images) {
    print(`\n— ${image}`);
    try {
      if (stopped.aborted) throw new ExpectedError(`Not tried: stopped by ${stopped.reason}.`);
      lines.push(`✔ ${image}: ${await renew(image)}`);
    } catch (error) {
      failed += 1;
      const report = toReport(error);
      print(report);
      lines.push(
        error instanceof IncompletePromotion
          ? `✖ ${image}: promoted, but incomplete: ${report}`
          : `✖ ${image}: not renewed; what was promoted stays. ${report.split('\n')[0]}`,
      );
    }
  }
  print(`\n${lines.join('\n')}`);
  if (failed > 0)
    throw new ExpectedError(`${failed} of ${images.length} images were not renewed, or not completely.`);
}
