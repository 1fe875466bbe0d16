"""A server that reads each request and accepts it as a door's gateway does: the least that one can do.

    python benchmarks/send/reading_server.py sendmms|mm7|infobip|twilio

It prints its port.
"""

import asyncio
import itertools
import json
import sys

_MM7 = "http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/REL-6-MM7-1-4"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def mm7(number):
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<env:Envelope xmlns:env="{_SOAP}">
<env:Header><TransactionID xmlns="{_MM7}" env:mustUnderstand="1">mp{number}</TransactionID></env:Header>
<env:Body><SubmitRsp xmlns="{_MM7}"><MM7Version>6.8.0</MM7Version>
<Status><StatusCode>1000</StatusCode><StatusText>Success</StatusText></Status>
<MessageID>{number}</MessageID></SubmitRsp></env:Body></env:Envelope>
"""


def infobip(number):
    status = {"groupId": 1, "groupName": "PENDING", "id": 7, "name": "PENDING_ENROUTE", "description": "Sent"}
    message = {"to": "447700900999", "status": status, "messageId": f"mp{number}"}
    return json.dumps({"bulkId": f"bulk{number}", "messages": [message]})


def twilio(number):
    return json.dumps({"sid": f"MM{number:032x}", "status": "queued", "num_media": "1", "error_code": None})


ANSWERS = {
    "sendmms": (200, "text/plain", str),
    "mm7": (200, "text/xml; charset=utf-8", mm7),
    "infobip": (200, "application/json", infobip),
    "twilio": (201, "application/json", twilio),
}
NUMBERS = itertools.count(1_000_001)


def answer(door):
    status, type_, write = ANSWERS[door]
    body = write(next(NUMBERS)).encode()
    return b"HTTP/1.1 %d OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (
        status, type_.encode(), len(body), body,
    )  # fmt: skip


class Server(asyncio.Protocol):
    def __init__(self, door):
        self.door = door

    def connection_made(self, transport):
        self.transport, self.head, self.left = transport, b"", 0

    def data_received(self, data):
        if self.left == 0:
            self.head += data
            head, found, rest = self.head.partition(b"\r\n\r\n")
            if not found:
                return
            self.head = b""
            self.left = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]) - len(rest)
        else:
            self.left -= len(data)
        if self.left == 0:
            self.transport.write(answer(self.door))


async def main(door):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Server(door), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
