#!/usr/bin/env python3
"""Writes notebooks/data/tales.txt: short tales about birds, told by a small grammar.

    python3 scripts/make_tales.py

The words and the grammar are this project's own; the same tales come out every time.
"""

import pathlib
import random

BIRDS = ["martlet", "swallow", "heron", "owl", "wren", "raven", "swift", "gull", "crane", "finch"]
PLACES = ["the old tower", "a barn by the river", "the salt marsh", "the tall reeds", "the harbour wall",
          "an apple orchard", "the windy cliff", "the quiet mill"]
THINGS = ["a silver button", "a grain of wheat", "a blue feather", "a piece of string", "a red berry", "a shiny shell"]
WEATHER = ["The rain fell all night.", "The wind blew from the sea.", "The sun was warm.", "Snow lay on the fields.",
           "A mist came up from the water.", "The stars were bright."]
TIMES = ["in the morning", "at noon", "in the evening", "when the moon rose", "before the frost came"]
VERBS = ["found", "carried", "dropped", "hid", "traded", "guarded"]
SAYINGS = ["Who lives here?", "May I stay until spring?", "What have you found?", "Will you fly with me?",
           "Is it far to the south?"]
ANSWERS = ["Only the wind and I.", "Stay as long as you like.", "It is mine, but I will share it.",
           "Yes, if you know the way.", "Far, but we are quick."]
ENDINGS = ["So they became friends.", "And nobody saw it again.", "That is why the {bird} sings {time}.",
           "Since then the {bird} and the {other} share {place}."]


def tale(draw):
    bird, other = draw.sample(BIRDS, 2)
    place, thing, time = draw.choice(PLACES), draw.choice(THINGS), draw.choice(TIMES)
    lines = [f"A {bird} lived in {place}." if not bird.startswith("o") else f"An {bird} lived in {place}."]
    for _ in range(draw.randint(1, 2)):
        lines.append(draw.choice(WEATHER))
        lines.append(f"The {bird} {draw.choice(VERBS)} {thing} {draw.choice(TIMES)}.")
    number = draw.randrange(len(SAYINGS))
    article = "an" if other.startswith("o") else "a"
    lines.append(f"Then {article} {other} came. \"{SAYINGS[number]}\" asked the {other}.")
    lines.append(f"\"{ANSWERS[number]}\" said the {bird}.")
    lines.append(draw.choice(ENDINGS).format(bird=bird, other=other, place=place, time=time))
    return " ".join(lines)


def main():
    draw = random.Random(12)
    path = pathlib.Path(__file__).resolve().parents[1] / "notebooks" / "data" / "tales.txt"
    path.write_text("\n".join(tale(draw) for _ in range(400)) + "\n", encoding="ascii")
    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
