/** A mark of a scatter plot that wants its label beside it, in pixels. */
export interface LabelledMark {
  readonly x: number;
  readonly y: number;
  /** Ends of its horizontal interval. */
  readonly left: number;
  readonly right: number;
  readonly labelWidth: number;
}

/** Where a label goes, from its mark. */
export interface LabelPlace {
  readonly dx: number;
  readonly dy: number;
  readonly anchor: "start" | "middle" | "end";
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const HALF_LINE = 8;
const HALF_MARK = 9;
/** Nearest first; of places that cost the same, the first is taken. */
const PLACES: readonly LabelPlace[] = [
  { dx: 16, dy: 0, anchor: "start" },
  { dx: -16, dy: 0, anchor: "end" },
  ...[20, 36, 52, 68].flatMap((far): LabelPlace[] => [
    { dx: 0, dy: -far, anchor: "middle" },
    { dx: 0, dy: far, anchor: "middle" },
    { dx: 12, dy: -far, anchor: "start" },
    { dx: 12, dy: far, anchor: "start" },
    { dx: -12, dy: -far, anchor: "end" },
    { dx: -12, dy: far, anchor: "end" },
  ]),
];

/**
 * Places labels one after another, each where it covers least: other labels and marks first of all, then intervals, then
 * the way from its mark.
 */
export function placeLabels(marks: readonly LabelledMark[], frame: Box): LabelPlace[] {
  const taken: Box[] = marks.map(({ x, y }) => ({
    left: x - HALF_MARK,
    right: x + HALF_MARK,
    top: y - HALF_MARK,
    bottom: y + HALF_MARK,
  }));
  const intervals = marks.map(({ left, right, y }) => ({ left, right, top: y - 1, bottom: y + 1 }));
  return marks.map((mark) => {
    const costs = PLACES.map((place) => {
      const box = boxOf(mark, place);
      return (
        100 * taken.filter((other) => overlaps(box, other)).length +
        (isInside(box, frame) ? 0 : 100) +
        20 * intervals.filter((other) => overlaps(box, other)).length +
        Math.abs(place.dy) / 10
      );
    });
    const best = costs.indexOf(Math.min(...costs));
    const place = PLACES[best] ?? { dx: 16, dy: 0, anchor: "start" };
    taken.push(boxOf(mark, place));
    return place;
  });
}

function boxOf({ x, y, labelWidth }: LabelledMark, { dx, dy, anchor }: LabelPlace): Box {
  const start = { start: 0, middle: -labelWidth / 2, end: -labelWidth }[anchor];
  const left = x + dx + start;
  return { left, right: left + labelWidth, top: y + dy - HALF_LINE, bottom: y + dy + HALF_LINE };
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function isInside(box: Box, frame: Box): boolean {
  return (
    box.left >= frame.left &&
    box.right <= frame.right &&
    box.top >= frame.top &&
    box.bottom <= frame.bottom
  );
}
