export const options = { vus: 1, iterations: 1 };

export default function () {
  console.log("a", 1, true, null, undefined, 1.5, Number.NaN, [1, 2], [], {}, () => 1);
  console.log({ a: 1, b: "x", c: [1, "y"], d: undefined, e: new Error("inside") });
  console.log(new Error("message"), new Date(0), new Uint8Array([1, 2]), new Map([[1, 2]]));
  console.log();
  console.info("two\nlines");
  console.debug("hidden");
  console.warn("warning");
  console.error("error");
}

export function handleSummary() {
  return { stdout: "" };
}
