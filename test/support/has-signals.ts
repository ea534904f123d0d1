/**
 * Whether a test can interrupt a process as Ctrl-C does. On Windows only a console can: `kill` ends a process at once there,
 * whatever the signal is called.
 */
export const HAS_SIGNALS = process.platform !== "win32";
