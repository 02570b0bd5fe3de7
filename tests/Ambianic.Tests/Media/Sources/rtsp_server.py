"""An RTSP camera for the tests: rtsp_server.py PORT [USER PASSWORD] [CERTIFICATE.PEM]

Serves a moving test picture at /camera on the loopback interface, prints the port (PORT may be 0) once it
listens, and ends when its standard input does, so that it never outlives the tests. SIGUSR1 changes the size of the picture.

/made?codec=h264&fps=10&gop=150 is a camera made to order, for each viewer anew, that begins with a key frame:
  codec   h264, hevc or mjpeg      fps  pictures a second      gop  pictures from key frame to key frame
  first   audio or metadata comes before the video
  loss    chance of each packet to be lost, 0 to 1
  key     asked: no key frame is sent before SIGUSR2
"""
import random
import signal
import sys
from urllib.parse import parse_qs

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtspServer  # noqa: E402

CAMERA = (
    "( videotestsrc is-live=true pattern=ball ! capsfilter name=size"
    " ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 ! rtph264pay name=pay0 config-interval=1 )"
)

SIZES = ["320,height=240", "240,height=320"]
sizes = []
lottery = random.Random(7)

Gst.init(None)
loop = GLib.MainLoop()
server = GstRtspServer.RTSPServer()
server.set_address("127.0.0.1")
server.set_service(sys.argv[1])

camera = GstRtspServer.RTSPMediaFactory()
camera.set_launch(CAMERA)
camera.set_shared(True)


def set_size(size):
    size.set_property("caps", Gst.Caps.from_string(f"video/x-raw,width={SIZES[0]},framerate=15/1"))


def configure(_, media):
    sizes.append(media.get_element().get_by_name("size"))
    set_size(sizes[-1])


def change_size():
    SIZES.reverse()
    for size in sizes:
        set_size(size)
    return True


camera.connect("media-configure", configure)

ENCODERS = {
    "h264": "x264enc name=encoder tune=zerolatency speed-preset=ultrafast threads=1 sliced-threads=false key-int-max={gop}"
    " ! video/x-h264,stream-format=avc ! rtph264pay config-interval=-1",
    "hevc": "x265enc name=encoder tune=zerolatency speed-preset=ultrafast key-int-max={gop} ! rtph265pay config-interval=-1",
    "mjpeg": "jpegenc name=encoder ! rtpjpegpay",
}
FIRST = {
    "audio": "audiotestsrc is-live=true wave=silence ! audio/x-raw,rate=8000,channels=1 ! mulawenc ! rtppcmupay name=pay0",
    "metadata": "fakesrc is-live=true do-timestamp=true format=time sizetype=fixed sizemax=200 datarate=400"
    " ! application/x-onvif ! identity sync=true ! rtpgstpay name=pay0",
}
waiting = []


class MadeToOrder(GstRtspServer.RTSPMediaFactory):
    """A camera of the codec, rate and key frames that the address asks for."""

    def do_create_element(self, url):
        wish = {key: values[0] for key, values in parse_qs(url.query or "").items()}
        first = FIRST.get(wish.get("first"), "")
        coder = ENCODERS[wish.get("codec", "h264")].format(gop=wish.get("gop", 30))
        video = f"videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=240,framerate={wish.get('fps', 10)}/1"
        made = Gst.parse_launch(f"( {first} {video} ! {coder} name=pay{1 if first else 0} )")
        if "loss" in wish:
            made.get_by_name("pay0").get_static_pad("src").add_probe(
                Gst.PadProbeType.BUFFER | Gst.PadProbeType.BUFFER_LIST, lose, float(wish["loss"]))
        if wish.get("key") == "asked":
            out = made.get_by_name("encoder").get_static_pad("src")
            waiting.append((out, out.add_probe(Gst.PadProbeType.BUFFER, drop_key_frame)))
        return made


def lose(_, info, chance):
    if info.type & Gst.PadProbeType.BUFFER_LIST:
        packets = info.get_buffer_list()
        return Gst.PadProbeReturn.DROP if packets.length() == 1 and lottery.random() < chance else Gst.PadProbeReturn.OK
    return Gst.PadProbeReturn.DROP if lottery.random() < chance else Gst.PadProbeReturn.OK


def drop_key_frame(_, info):
    is_key = not info.get_buffer().has_flags(Gst.BufferFlags.DELTA_UNIT)
    return Gst.PadProbeReturn.DROP if is_key else Gst.PadProbeReturn.OK


def send_key_frame():
    while waiting:
        out, probe = waiting.pop()
        out.remove_probe(probe)
        out.send_event(Gst.Event.new_custom(
            Gst.EventType.CUSTOM_UPSTREAM, Gst.Structure.new_from_string("GstForceKeyUnit, all-headers=(boolean)true")))
    return True


made = MadeToOrder()
server.get_mount_points().add_factory("/made", made)
GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGUSR2, send_key_frame)
GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGUSR1, change_size)

arguments = sys.argv[2:]
certificate = arguments.pop() if len(arguments) % 2 else None
auth = GstRtspServer.RTSPAuth()
if certificate:
    auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(certificate))
    server.set_auth(auth)

if arguments or certificate:
    viewer = GstRtspServer.RTSPToken()
    viewer.set_string("media.factory.role", "viewer")
    role = GstRtspServer.RTSPPermissions()
    role.add_permission_for_role("viewer", "media.factory.access", True)
    role.add_permission_for_role("viewer", "media.factory.construct", True)
    camera.set_permissions(role)

if arguments:
    auth.add_basic(GstRtspServer.RTSPAuth.make_basic(*arguments), viewer)
    server.set_auth(auth)
elif certificate:
    auth.set_default_token(viewer)

server.get_mount_points().add_factory("/camera", camera)
if server.attach(None) == 0:
    sys.exit("the port is taken")

print(server.get_bound_port(), flush=True)
GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, lambda *_: loop.quit())
loop.run()
