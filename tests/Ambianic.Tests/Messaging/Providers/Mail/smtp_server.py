"""A real SMTP server (aiosmtpd) that tells what it got.

smtp_server.py (plain | starttls | ssl) [PEM file of certificate and key]

Writes its port, then a line of JSON for each mail, and {"waits": true} when it lets a client wait.
The part of a recipient before the @ makes it refuse: unknown 550, busy 451, wait never answers.
User "me" and password "right" are accepted; password "later" gives 454.
A mail whose subject begins with "SPAM" is refused with 554 after its data.
"""
import asyncio
import base64
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

mode, certificate = sys.argv[1], sys.argv[2:]


def tell(**what):
    print(json.dumps(what), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "unknown":
            return "550 5.1.1 No such user here"
        if name == "busy":
            return "451 4.7.1 Greylisted, try again later"
        if name == "wait":
            tell(waits=True)
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if b"Subject: SPAM" in envelope.content:
            return "554 5.7.1 Looks like spam"
        tell(
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            user=session.auth_data.login.decode() if session.auth_data else None,
            secure=server.transport.get_extra_info("ssl_object") is not None,
            data=base64.b64encode(envelope.original_content).decode(),
        )
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    if data.password == b"later":
        return AuthResult(success=False, handled=False, message="454 4.7.0 Temporary authentication failure")
    good = data.login in (b"me", b"me@example.org") and data.password == b"right"
    return AuthResult(success=good, handled=False, auth_data=data, message=None if good else "535 5.7.8 Bad credentials")


async def serve():
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate[0])
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(
            Handler(),
            hostname="localhost",
            tls_context=context if mode == "starttls" else None,
            require_starttls=mode == "starttls",
            auth_require_tls=False,
            authenticator=authenticate,
        ),
        "127.0.0.1",
        0,
        ssl=context if mode == "ssl" else None,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(serve())
