/** Fewer blocks than this a run show too little of the spread between them. */
const LEAST_BLOCKS = 20;

/**
 * Cuts the figures of successive requests into blocks that are nearly independent of each other: requests share the luck of
 * those that are in flight with them, and of the server's next moments. √n long, as long as what is in flight, but never
 * so long that fewer than 20 are left.
 *
 * @returns [from, to) of each block
 */
export function blocksOf(n: number, inFlight: number): readonly (readonly [number, number])[] {
  const wanted = Math.max(Math.sqrt(n), inFlight);
  const length = Math.max(1, Math.floor(Math.min(wanted, n / LEAST_BLOCKS)));
  return Array.from({ length: Math.ceil(n / length) }, (_, block) => [
    block * length,
    Math.min(n, (block + 1) * length),
  ]);
}
