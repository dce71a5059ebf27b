"""Download pages that gzip made small, as ``probqa fetch`` does, and print what they cost.

    python benchmarks/bombs.py [--gigabytes 10]

A server of this machine sends zeros, packed: so many gigabytes, then just the cap, which is taken. Nothing but
loopback is reached. Exit code 1 where the first is not refused.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from probqa.errors import DownloadError  # noqa: E402
from probqa.gathering.download import Downloader, Limits  # noqa: E402
from web import page, web  # noqa: E402

MEGABYTE = bytes(1_000_000)


def main() -> int:
    """Download both."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gigabytes", type=int, default=10)
    options = parser.parse_args()
    limits = Limits(pause=0)
    refused = []
    for megabytes in (options.gigabytes * 1000, limits.body // len(MEGABYTE)):
        with web() as site:
            packed = packed_zeros(megabytes)
            site.routes["/report"] = page(packed, "Content-Encoding: gzip")
            downloader = Downloader(None, limits, loopback_port=site.port)
            before, began = peak_mb(), time.perf_counter()
            try:
                content = downloader.download(site.url(host="127.0.0.1"))
                said = f"taken, {len(content.content) / 1e6:,.0f} MB" if content else "nothing"
            except DownloadError as error:
                refused.append(megabytes)
                said = str(error)
            took, more = time.perf_counter() - began, peak_mb() - before
        print(f"{megabytes:,} MB in {len(packed) / 1e6:.1f} MB: {said}; {took:.2f} s, peak {more:,.0f} MB higher")
    return 0 if refused == [options.gigabytes * 1000] else 1


def packed_zeros(megabytes: int) -> bytes:
    """Pack zeros; a megabyte of them is the same bytes each time, so the work is done once."""
    pack = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    block = pack.compress(MEGABYTE) + pack.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(megabytes):
        check = zlib.crc32(MEGABYTE, check)
    head = bytes([31, 139, 8, 0, 0, 0, 0, 0, 0, 255])
    tail = check.to_bytes(4, "little") + (megabytes * len(MEGABYTE) % 2**32).to_bytes(4, "little")
    return head + block * megabytes + pack.flush() + tail


def peak_mb() -> float:
    """Return the most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    sys.exit(main())
