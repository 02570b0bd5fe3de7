"""An RTSP camera for the tests: rtsp_server.py PORT [USER PASSWORD] [CERTIFICATE.PEM]

Serves a moving test picture at /camera on the loopback interface, prints the port (PORT may be 0) once it
listens, and ends when its standard input does, so that it never outlives the tests. SIGUSR1 changes the size of the picture.
"""
import signal
import sys

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
