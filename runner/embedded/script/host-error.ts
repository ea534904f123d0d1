/** What a host module throws at the script. It reads as k6's errors from Go do. */
export class HostError extends Error {
  override readonly name = "GoError";
}
