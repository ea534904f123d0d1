import { describe, expect, test } from "vitest";
import { UserError } from "../../../lib/core/user-error.ts";
import { drawFaults, FAULTS, parseFaults } from "../../../model-server/ground-truth/faults.ts";

describe("--faults", () => {
  test("is a list of names and shares", () => {
    expect(parseFaults("http_500:0.1, cut:0.05")).toEqual([
      { fault: "http_500", share: 0.1 },
      { fault: "cut", share: 0.05 },
    ]);
  });

  test("may be all of the requests, added up with a computer's decimals", () => {
    const spec = FAULTS.slice(0, 10).map((fault) => `${fault}:0.1`);
    expect(parseFaults(spec.join(","))).toHaveLength(10);
  });

  test.each([
    ["cutt:0.1", /found "cutt", allowed: http_500, .*endless/],
    ["", /found "", allowed: http_500/],
    ["cut", /found "cut", allowed: cut:<share>/],
    ["cut:", /found "cut:", allowed/],
    ["cut:0", /found "cut:0", allowed: .* over 0 and up to 1/],
    ["cut:1.5", /found "cut:1.5"/],
    ["cut:0.1:2", /found "cut:0.1:2"/],
    ["cut:0.1,,drop:0.1", /found ""/],
    ["cut:0.6,drop:0.6", /add up to 1\.200, allowed: 1/],
  ])("%j is refused in words", (spec, message) => {
    expect(() => parseFaults(spec)).toThrow(UserError);
    expect(() => parseFaults(spec)).toThrow(message);
  });
});

describe("which request has which fault", () => {
  const requests = Array.from({ length: 20_000 }, (_, i) => i);
  const shares = parseFaults("http_500:0.1,cut:0.02");

  test("is the same for a seed, whatever is asked first, and another for another", () => {
    const forwards = requests.map(drawFaults(shares, 7));
    const backwards = requests.toReversed().map(drawFaults(shares, 7));
    expect(backwards.reverse()).toEqual(forwards);
    expect(requests.map(drawFaults(shares, 8))).not.toEqual(forwards);
  });

  test.each([1, 2, 3])("keeps the shares (seed %i), within five standard deviations", (seed) => {
    const drawn = requests.map(drawFaults(shares, seed));
    for (const { fault, share } of shares) {
      const count = drawn.filter((one) => one === fault).length;
      const deviation = Math.sqrt(requests.length * share * (1 - share));
      expect(Math.abs(count - requests.length * share)).toBeLessThan(5 * deviation);
    }
  });

  test("does not come in runs: a fault says nothing about the next request", () => {
    const drawn = requests
      .map(drawFaults(parseFaults("cut:0.5"), 1))
      .map((fault) => fault !== null);
    const pairs = drawn.slice(1).filter((one, i) => one && drawn[i]).length;
    const deviation = Math.sqrt(requests.length * 0.25 * 0.75);
    expect(Math.abs(pairs - requests.length / 4)).toBeLessThan(5 * deviation);
  });
});
