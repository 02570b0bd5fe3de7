#!/usr/bin/env python3
"""Shows labelled recordings of falls as other cameras would: smaller, darker, tilted, from above, cut off.

    bench/change-clips.py MANIFEST CLIPS OUT
    ./ambianic evaluate falls --manifest OUT/manifest.csv --dir OUT [--rule reference]

MANIFEST and CLIPS are what `evaluate falls` takes. Needs ffmpeg. Each way of showing them is a set of its own in the result.
"""
import csv
import pathlib
import subprocess
import sys

SMALL = "scale=iw/3:ih/3,pad=iw*3:ih*3:iw:ih*1.6:color=gray"
WAYS = {
    "as-they-are": "null",
    "mirrored": "hflip",
    "a-third-as-large": SMALL,
    "a-quarter-as-large": "scale=iw/4:ih/4,pad=iw*4:ih*4:iw*2:ih*1.5:color=gray",
    "dark-and-noisy": "format=gray,eq=brightness=-0.25:contrast=0.6,noise=alls=25:allf=t,format=yuv420p",
    "lower-fifth-cut-off": "crop=iw:ih*0.8:0:0",
    "upper-60-percent": "crop=iw:ih*0.6:0:0",
    "sides-and-top-cut-off": "crop=iw*0.7:ih*0.75:iw*0.15:ih*0.25",
    "left-60-percent": "crop=iw*0.6:ih:0:0",
    "right-60-percent": "crop=iw*0.6:ih:iw*0.4:0",
    "tilted": "rotate=11*PI/180",
    "squeezed": "scale=iw:ih*0.65",
    "from-above": "perspective=x0=0:y0=0:x1=W:y1=0:x2=W*0.25:y2=H:x3=W*0.75:y3=H:sense=destination,scale=iw:ih*0.75",
    "fisheye": "lenscorrection=k1=-0.25:k2=-0.05",
    "176-wide": "scale=176:-2",
    "blurred": "tmix=frames=4",
    "bar-over-the-legs": "drawbox=x=0:y=ih*0.72:w=iw:h=ih*0.16:color=brown:t=fill",
}
SHORT = {"short": "null", "short-and-small": SMALL}  # from 0.4 s before the loss of balance to 1.7 s after it


def convert(source, target, filters):
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        even = filters + ",scale=trunc(iw/2)*2:trunc(ih/2)*2"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-i", source, "-vf", even, "-an", "-c:v", "libx264", "-preset", "veryfast",
             "-crf", "20", "-pix_fmt", "yuv420p", target], check=True)


def main(manifest, clips, out):
    clips, out = pathlib.Path(clips), pathlib.Path(out)
    with open(manifest, newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] in ("fall", "no_fall")]
    made = []
    for row in rows:
        source, name, note = clips / row["file"], pathlib.Path(row["file"]).name, row.get("description") or ""
        for way, filters in WAYS.items():
            convert(source, out / way / name, filters)
            made.append((f"{way}/{name}", row["label"], row["fall_start_s"], note))
        if row["label"] == "fall":
            start = float(row["fall_start_s"])
            begin = max(0, start - 0.4)
            for way, filters in SHORT.items():
                convert(source, out / way / name, f"trim=start={begin}:end={start + 1.7},setpts=PTS-STARTPTS,{filters}")
                made.append((f"{way}/{name}", "fall", f"{start - begin:.2f}", note))
    with open(out / "manifest.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "label", "fall_start_s", "description"])
        writer.writerows(made)
    print(f"{len(made)} clips in {out}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
