#!/usr/bin/env python3
"""The way from the services to PostgreSQL, as a pooler or a balancer would stand there: passes bytes on, both ways.

  delay_proxy.py LISTEN_ADDRESS:PORT DATABASE_ADDRESS:PORT
SIGUSR1 makes it sick until it is started again: every answer is late by SLOW_S seconds (environment, default 0.6)."""
import asyncio
import os
import signal
import sys

slow_s = 0.0


async def pass_on(reader, writer, is_answer):
    try:
        while chunk := await reader.read(65536):
            if is_answer and slow_s:
                await asyncio.sleep(slow_s)
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


def become_slow():
    global slow_s
    slow_s = float(os.environ.get("SLOW_S", "0.6"))


async def main(listen, database):
    async def serve(reader, writer):
        try:
            far_reader, far_writer = await asyncio.open_connection(*database)
        except OSError:
            return writer.close()
        await asyncio.gather(pass_on(reader, far_writer, False), pass_on(far_reader, writer, True))

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, become_slow)
    server = await asyncio.start_server(serve, *listen)
    await server.serve_forever()


def address(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    asyncio.run(main(address(sys.argv[1]), address(sys.argv[2])))
