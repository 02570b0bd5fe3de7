#!/usr/bin/env python3
"""Cuts the pictures that faces/faces.json or poses/poses.json labels: regions of persons, as detect_faces and detect_poses look at them.

    regions.py LABELS TESTDATA OUT [FACE_API_DEMO]

TESTDATA is the folder of recordings; FACE_API_DEMO, which faces.json needs, the folder demo/ of npm's @vladmandic/face-api 1.7.15.
What is to be found goes to OUT/labels.json. Where LABELS names a folder of TESTDATA as "whole", the persons in its uncut
pictures are to be found too. Needs ffmpeg.
"""
import json
import pathlib
import shutil
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


def size(picture):
    shown = ["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=width,height", "-of", "csv=p=0", picture]
    return map(int, subprocess.run(shown, check=True, capture_output=True, text=True).stdout.strip().split(","))


def add_whole(labels, folder):
    for picture in sorted((folder / "images").iterdir()):
        shutil.copy(picture, out)
        width, height = size(picture)
        number = len(labels["images"]) + 1
        labels["images"].append({"id": number, "file_name": picture.name, "width": width, "height": height})
        yolo = folder / "labels" / f"{picture.stem}.txt"
        for line in yolo.read_text().splitlines() if yolo.exists() else []:
            kind, x, y, w, h = map(float, line.split())
            if kind == 0:
                box = [(x - w / 2) * width, (y - h / 2) * height, w * width, h * height]
                labels["annotations"].append({"image_id": number, "category_id": 1, "bbox": box})


file, testdata, out = map(pathlib.Path, sys.argv[1:4])
out.mkdir(parents=True, exist_ok=True)
labels = json.loads(file.read_text())
with tempfile.TemporaryDirectory() as frames:
    for pattern, (name, filters) in CLIPS.items():
        for clip in sorted(testdata.glob(pattern)):
            ffmpeg(clip, filters, f"{frames}/{name or clip.stem}-%02d.png", "-fps_mode", "vfr")
    for image in labels["images"]:
        place, _, rest = image["picture"].rpartition("/")
        folder = frames if not place else sys.argv[4] if place == "face-api" else testdata / place
        region = "format=rgb24,crop={width}:{height}:{left}:{top}:exact=1".format(**image)
        ffmpeg(pathlib.Path(folder) / rest, region, out / image["file_name"], "-update", "1")
if "whole" in labels:
    add_whole(labels, testdata / labels["whole"])
(out / "labels.json").write_text(json.dumps(labels))
