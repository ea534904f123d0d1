import { expect, test, vi } from "vitest";
import { renameOver } from "../../../records/rename-over.ts";

function refusing(code: string, times: number) {
  let left = times;
  return vi.fn(() => {
    if (left-- > 0) throw Object.assign(new Error(`${code}: rename`), { code });
  });
}

test.each(["EPERM", "EACCES", "EBUSY"])("on Windows %s is tried again", (code) => {
  const rename = refusing(code, 2);
  renameOver("a.tmp", "a", { isWindows: true, rename });
  expect(rename.mock.calls).toEqual(Array(3).fill(["a.tmp", "a"]));
});

test("on Windows what stays refused is an error in the end", () => {
  const rename = refusing("EPERM", Number.POSITIVE_INFINITY);
  expect(() => renameOver("a.tmp", "a", { isWindows: true, rename })).toThrow("EPERM: rename");
});

test.each([
  { code: "ENOENT", isWindows: true },
  { code: "EACCES", isWindows: false },
])("$code is final where Windows is $isWindows", ({ code, isWindows }) => {
  const rename = refusing(code, 1);
  expect(() => renameOver("a.tmp", "a", { isWindows, rename })).toThrow(code);
  expect(rename).toHaveBeenCalledOnce();
});
