/** One minute, doubled with each try, half an hour at most: a fix is noticed soon, a dead fleet costs two launches an hour. */
export const backOff = (tries: number): number => Math.min(60_000 * 2 ** (tries - 1), 30 * 60_000);
