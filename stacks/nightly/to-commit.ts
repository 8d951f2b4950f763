/**
 * The commit that an image is baked from, for its tag; `-changed` when the files differ from it.
 * @param head as `git rev-parse` prints it
 * @param changes as `git status --porcelain` prints them
 */
export const toCommit = (head: string, changes: string): string =>
  `${head.trim()}${changes.trim() ? '-changed' : ''}`;
