import { ExpectedError } from '../expected-error';

interface Incomplete {
  /** Id of the image. */
  promoted: string;
  /** What could not be done, and why. */
  failures: readonly string[];
  /** Command that completes it. */
  again: string;
}

/** The image is the promoted one, but not everything that belongs to a promotion is done. */
export class IncompletePromotion extends ExpectedError {
  constructor({ promoted, failures, again }: Incomplete) {
    super(
      `${promoted} is promoted, but not all is done:\n${failures.map((failure) => `- ${failure}`).join('\n')}\nRun again: ${again}`,
    );
  }
}
