"""What this machine remembers of a ledger, outside of the ledger: how far it has come, and who wrote it last.

A ledger that was put back from a backup, or whose `-wal` file is lost, is sound in itself and knows nothing
of the messages that were sent since. The number of its last step is therefore also kept in the user's state
folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import re
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from mmspack.errors import OutputError
from mmspack.files import write_whole
from mmspack.words import system_reason

_MACHINE_ID = Path("/etc/machine-id")
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_CAMPAIGN_ID = re.compile(r"[0-9a-f]{8}")
_LONGEST_NAME = 200
_STEP = re.compile(rb"(\d{20}) ([0-9a-f]{8})\n")


def state_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where accounts' allowances and campaigns' steps lie: MMSPACK_STATE, or the user's state folder."""
    environ = os.environ if environ is None else environ
    if environ.get("MMSPACK_STATE"):
        return Path(environ["MMSPACK_STATE"])
    import platformdirs

    return Path(platformdirs.user_state_dir("mmspack", appauthor=False))


def private_folder(path: Path) -> Path:
    """The folder, made where it is missing, for its owner alone. Raises `OutputError`."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.stat().st_mode & 0o077:
            path.chmod(0o700)
    except OSError as error:
        raise OutputError(f"cannot be used: {system_reason(error)}", where=path) from None
    return path


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a ledger is used."""

    id: str
    """Tells machines apart, and tells nobody which one it is."""
    name: str
    boot: str = ""
    """Changes when the machine starts; empty where the system does not say."""

    @classmethod
    def here(cls, folder: Path) -> Self:
        """This machine. Raises `OutputError`.

        Containers of one image share the system's id and machines with one home share the state folder, so
        both count.
        """
        own = _own_id(folder)
        digest = hashlib.blake2b(f"{own}\0{_text_of(_MACHINE_ID)}".encode(), digest_size=8)
        return cls(digest.hexdigest(), platform.node() or "unnamed", _text_of(_BOOT_ID))

    def as_setting(self) -> dict[str, str]:
        """As the ledger keeps it."""
        return asdict(self)


def _own_id(folder: Path) -> str:
    """A random id, kept in the state folder from the first use on."""
    path = private_folder(folder) / "machine"
    try:
        if not path.exists():
            part = path.with_name(f".machine.{os.getpid()}.part")
            part.write_text(secrets.token_hex(16), "ascii")
            part.chmod(0o600)
            with contextlib.suppress(FileExistsError):  # another process was faster: its id counts
                _give_name(part, path)
            part.unlink(missing_ok=True)
        return path.read_text("ascii", errors="replace").strip()
    except OSError as error:
        raise OutputError(f"cannot be used: {system_reason(error)}", where=path) from None


def _give_name(part: Path, path: Path) -> None:
    try:
        path.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        part.replace(path)


def _text_of(path: Path) -> str:
    try:
        return path.read_text("ascii", errors="replace").strip()
    except OSError:
        return ""


def remember_name(campaign: str, name: str, folder: Path) -> None:
    """Keep what a campaign is called, for the sandbox's inbox; not being able to is nothing to stop for."""
    if _CAMPAIGN_ID.fullmatch(campaign):
        with contextlib.suppress(OSError, OutputError):
            write_whole(private_folder(folder / "campaigns") / f"{campaign}.name", name.encode())


def remembered_name(campaign: str, folder: Path | None = None) -> str:
    """What a campaign that ran on this machine is called, by its id; empty where that is not known."""
    if not _CAMPAIGN_ID.fullmatch(campaign):
        return ""
    path = (folder or state_folder()) / "campaigns" / f"{campaign}.name"
    try:
        return path.read_text("utf-8", errors="replace")[:_LONGEST_NAME]
    except OSError:
        return ""


class Witness:
    """The number of a campaign's last step, as this machine has seen it."""

    def __init__(self, campaign: str, folder: Path) -> None:
        name = hashlib.sha256(campaign.encode()).hexdigest()[:16]
        self._path = folder / "campaigns" / name
        self._handle: int | None = None

    @property
    def step(self) -> int:
        """The last step; 0 where nothing is known, or what is kept cannot be read."""
        try:
            found = _STEP.fullmatch(self._path.read_bytes())
        except OSError:
            return 0
        return int(found[1]) if found and zlib.crc32(found[1]) == int(found[2], 16) else 0

    def note(self, step: int) -> None:
        """Keep a step that is on the disk. Raises `OutputError`.

        Not synced: when the power goes this may fall behind the ledger, which proves nothing against it. It
        is never ahead, since the step was synced before.
        """
        digits = b"%020d" % step
        try:
            if self._handle is None:
                private_folder(self._path.parent)
                self._handle = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
            os.lseek(self._handle, 0, os.SEEK_SET)
            os.write(self._handle, b"%b %08x\n" % (digits, zlib.crc32(digits)))
        except OSError as error:
            raise OutputError(f"cannot write: {system_reason(error)}", where=self._path) from None

    def close(self) -> None:
        """Let go of the file."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
