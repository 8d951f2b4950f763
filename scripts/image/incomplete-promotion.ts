import { ExpectedError } from '../expected-error';

interface Incomplete {
  environment: string;
  image: string;
  amiId: string;
  /** What could not be done, and why. */
  failures: readonly string[];
}

/** The AMI is the promoted one, but not everything that belongs to a promotion is done. */
export class IncompletePromotion extends ExpectedError {
  constructor({ environment, image, amiId, failures }: Incomplete) {
    super(
      `${amiId} is promoted, but not all is done:\n${failures.map((failure) => `- ${failure}`).join('\n')}\nRun again: make promote ENV=${environment} IMAGE=${image} AMI=${amiId}`,
    );
  }
}
