/** Asked at once: each waits for its CI. */
const AT_ONCE = 5;

/** Works them off, a few at a time; the results are in the order in which they came. */
export async function forEach<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const left = [...all];
  const workOff = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) results.push(await work(one));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, workOff));
  return results;
}
