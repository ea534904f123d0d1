import { describe, expect, test } from "vitest";
import {
  createStopStrings,
  createTokenEndStops,
} from "../../../model-server/engine/stop-strings.ts";

/** What is shown, piece by piece, until the stop is met or the pieces end. */
function show(stops: readonly string[], pieces: readonly string[], include = false) {
  const scanner = createStopStrings(stops, include);
  const shown: string[] = [];
  for (const piece of pieces) {
    const { text, matched } = scanner.push(piece);
    shown.push(text);
    if (matched !== null) return { shown, matched };
  }
  return { shown: [...shown, scanner.flush()], matched: null };
}

describe("stop strings", () => {
  test("lets text pass where none is asked for", () => {
    expect(show([], ["ab", "c"])).toEqual({ shown: ["ab", "c", ""], matched: null });
  });

  test("cuts before a stop string inside one piece", () => {
    expect(show(["END"], ["so far END and on"])).toEqual({ shown: ["so far "], matched: "END" });
  });

  test("holds back what may become a stop string over several pieces", () => {
    expect(show(["END"], ["a E", "N", "D b"])).toEqual({ shown: ["a ", "", ""], matched: "END" });
  });

  test("gives back what was held when it turns out to be text", () => {
    expect(show(["END"], ["a E", "N", "x"])).toEqual({
      shown: ["a ", "", "ENx", ""],
      matched: null,
    });
  });

  test("gives back what was held when the text ends", () => {
    expect(show(["END"], ["a EN"])).toEqual({ shown: ["a ", "EN"], matched: null });
  });

  test("finds a stop that begins inside what looked like another beginning of it", () => {
    expect(show(["aab"], ["a", "a", "a", "b!"])).toEqual({
      shown: ["", "", "a", ""],
      matched: "aab",
    });
  });

  test("takes the earliest of several", () => {
    expect(show(["zz", "b"], ["abzz"])).toEqual({ shown: ["a"], matched: "b" });
  });

  test("keeps the stop string itself when asked to", () => {
    expect(show(["END"], ["a EN", "D b"], true)).toEqual({ shown: ["a ", "END"], matched: "END" });
  });

  test("shows the same text however it is cut into pieces", () => {
    const text = "one\n\ntwo User: three";
    for (let cut = 1; cut < text.length; cut++) {
      for (let second = cut; second < text.length; second++) {
        const pieces = [text.slice(0, cut), text.slice(cut, second), text.slice(second)];
        const { shown, matched } = show(["\n\n\n", "User:", "xx"], pieces);
        expect(shown.join("")).toBe("one\n\ntwo ");
        expect(matched).toBe("User:");
      }
    }
  });
});

describe("stop strings at a token's end", () => {
  const pieces = (stops: readonly string[], texts: readonly string[]) => {
    const ends = createTokenEndStops(stops);
    return texts.map((text) => ends.push(text));
  };

  test("everything is shown as it comes, the stop string too", () => {
    expect(pieces(["END"], ["a E", "N", "D"])).toEqual([
      { text: "a E", matched: null },
      { text: "N", matched: null },
      { text: "D", matched: "END" },
    ]);
  });

  test("one that a token goes beyond is not met", () => {
    expect(pieces(["END", "xyz"], ["END of", "it", ""]).map(({ matched }) => matched)).toEqual([
      null,
      null,
      null,
    ]);
  });

  test("none asked for, none met", () => {
    expect(pieces([], ["a", ""]).map(({ matched }) => matched)).toEqual([null, null]);
  });
});
