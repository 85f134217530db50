// The items of a batch that fit into one answer, from the first on. What is found is sealed, and its size known: what
// does not fit is never opened, and at most a slice of it is loaded.

/** How many may be loaded before anything is known of their sizes; the next slice is twice as long at most. */
const sliceOf = (left: number, average: number, most: number): number =>
  Math.max(1, Math.min(most, average === 0 ? most : Math.floor(left / average)))

/**
 * Results of `find`, in order, up to `room` bytes; the first whatever its size.
 * @param firstSlice how many of the largest there are fit into `room`
 */
export const fitting = async <Asked, Found>(
  asked: readonly Asked[],
  find: (one: Asked) => Promise<Found>,
  bytesOf: (found: Found) => number,
  room: number,
  firstSlice: number,
): Promise<Found[]> => {
  const found: Found[] = []
  let taken = 0
  for (let most = firstSlice; found.length < asked.length; most *= 2) {
    const average = taken / Math.max(1, found.length)
    const slice = asked.slice(found.length, found.length + sliceOf(room - taken, average, most))
    for (const one of await Promise.all(slice.map(find))) {
      taken += bytesOf(one)
      if (taken > room && found.length > 0) return found
      found.push(one)
    }
  }
  return found
}
