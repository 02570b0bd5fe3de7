#!/usr/bin/env python3
"""Cuts the pictures that faces.json labels: regions of persons, as detect_faces looks at them.

    pictures.py TESTDATA FACE_API_DEMO OUT

TESTDATA is the folder of recordings, FACE_API_DEMO the folder demo/ of npm's @vladmandic/face-api 1.7.15. Needs ffmpeg.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

EVERY_TWO_SECONDS = r"select=isnan(prev_selected_t)+gte(t-prev_selected_t\,2)"
CLIPS = {
    "adl/*.mp4": ("", EVERY_TWO_SECONDS),
    "falls/*.mp4": ("", EVERY_TWO_SECONDS),
    "people/intel_one-by-one-person-detection.mp4": ("onebyone", "fps=1/4"),
    "people/intel_face-demographics-walking-and-pause.gif": ("demographics", "fps=2"),
    "people/intel_store-aisle-detection.gif": ("aisle", "fps=1"),
    "people/ambianic_doorbell_person.mkv": ("doorbell", "fps=1"),
}


def ffmpeg(source, filters, target, *options):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", source, "-vf", filters, *options, target], check=True)


testdata, demo, out = map(pathlib.Path, sys.argv[1:])
out.mkdir(parents=True, exist_ok=True)
labelled = json.loads((pathlib.Path(__file__).parent / "faces.json").read_text())["images"]
with tempfile.TemporaryDirectory() as frames:
    for pattern, (name, filters) in CLIPS.items():
        for clip in sorted(testdata.glob(pattern)):
            ffmpeg(clip, filters, f"{frames}/{name or clip.stem}-%02d.png", "-fps_mode", "vfr")
    for image in labelled:
        place, _, rest = image["picture"].rpartition("/")
        folder = frames if not place else demo if place == "face-api" else testdata / place
        region = "format=rgb24,crop={width}:{height}:{left}:{top}:exact=1".format(**image)
        ffmpeg(pathlib.Path(folder) / rest, region, out / image["file_name"], "-update", "1")
