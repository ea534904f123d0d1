/**
 * A marker for the start of a prompt, different in each request of a run and from run to run, so that no server finds
 * the prompt in its prefix cache: caches are keyed by the prefix, so a change at the start changes all of it. All
 * markers have the same length.
 *
 * @param run identifies the run and its seed
 * @param request number of the request, unique within the run
 */
export function cacheBustMarker(run: string, request: number): string {
  return `[${(mix32(request ^ hash32(run)) >>> 0).toString(16).padStart(8, "0")}] `;
}

/** 32-bit FNV-1a over UTF-16 units. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** MurmurHash3's 32-bit finalizer (public domain). One to one, so two requests of a run never share a marker. */
function mix32(value: number): number {
  let mixed = value >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
