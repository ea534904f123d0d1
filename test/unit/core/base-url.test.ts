import { expect, test } from "vitest";
import { parseBaseUrl } from "../../../lib/core/base-url.ts";

test.each([
  ["http://gpu:8000", "http://gpu:8000"],
  ["http://gpu:8000/", "http://gpu:8000"],
  ["http://gpu:8000/v1", "http://gpu:8000"],
  ["http://gpu:8000/v1/", "http://gpu:8000"],
  ["https://api.example.com/openai/v1", "https://api.example.com/openai"],
  ["http://[::1]:8000", "http://[::1]:8000"],
  ["http://vllm_server", "http://vllm_server"],
])("%s is %s", (text, root) => {
  expect(parseBaseUrl(text)).toBe(root);
});

test.each([
  "gpu:8000",
  "ftp://gpu",
  "http://",
  "http:///v1",
  "http://gpu:0",
  "http://gpu:65536",
  "http://gpu:80x",
  "http://user:password@gpu",
  "http://gpu/?a=1",
  "http://gpu/#a",
  "http://gpu /",
  "",
])("%j is no base URL", (text) => {
  expect(parseBaseUrl(text)).toBeUndefined();
});
