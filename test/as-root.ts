/** Tests that boot machines or make network namespaces need root on Linux; elsewhere they are counted as skipped. */
export const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
export const describeAsRoot = isRoot ? describe : describe.skip;
