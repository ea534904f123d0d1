import { expect, test } from "vitest";
import { passedOn } from "../../../runner/engine-environment.ts";

test("an engine gets what k6 and Node need, and nothing else of a machine's environment", () => {
  const needed = {
    PATH: "/bin",
    HTTPS_PROXY: "http://proxy:3128",
    SSL_CERT_FILE: "/ca.pem",
    K6_INSECURE_SKIP_TLS_VERIFY: "true",
    K6_OUT: "json=points.json",
  };
  expect(passedOn({ ...needed, VUS: "9", CI: "true", SECRET: "x" })).toEqual(needed);
});

test.each(["VUS", "STAGES", "NO_THRESHOLDS", "NO_SUMMARY", "SUMMARY_MODE", "NO_SETUP"])(
  "K6_%s would change what the profile declares, or what is judged of it",
  (name) => {
    expect(passedOn({ [`K6_${name}`]: "1" })).toEqual({});
  },
);
