/**
 * Differences that a second plan shows on the local AWS though none is there: each proven to be the emulator's,
 * with the reason. Empty: the local AWS answers as AWS does for everything that the stacks create.
 */
export const MOTO_DRIFT: { address: RegExp; reason: string }[] = [];
