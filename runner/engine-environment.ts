/** What k6 and Node need from the machine's environment; all else stays out of the script's `__ENV`. */
const PASSED_ON = [
  /^(PATH|HOME|USERPROFILE|SystemRoot|TEMP|TMP|TMPDIR|LANG)$/i,
  // Where k6 keeps its settings, and the extensions it fetched.
  /^(APPDATA|LOCALAPPDATA|XDG_CONFIG_HOME|XDG_CACHE_HOME)$/i,
  /^(SSL_CERT_.*|NODE_EXTRA_CA_CERTS|.*_PROXY|K6_.*)$/i,
];

/** Settings of k6 that go over what the profile declares: its load, what is judged of it, and the summary that says so. */
const KEPT_BACK =
  /^K6_(VUS|DURATION|ITERATIONS|STAGES|PAUSED|LINGER|NO_SETUP|NO_TEARDOWN|NO_THRESHOLDS|NO_SUMMARY|SUMMARY_.*)$/i;

/** The part of the machine's environment that an engine is given: a stray variable of a CI job changes nothing. */
export function passedOn(env: NodeJS.ProcessEnv): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const passes = PASSED_ON.some((names) => names.test(name)) && !KEPT_BACK.test(name);
    if (value !== undefined && passes) kept[name] = value;
  }
  return kept;
}
