"""What readers differ over in an entry, by its two headers: kind, descriptor, name and zip64."""

from __future__ import annotations

import stat

from mmspack.bundle.zip_records import DESCRIPTOR_SIGNATURE, SHORT_DESCRIPTOR, STORED, Header, Local
from mmspack.words import count as counted

# An Amiga's type bits lie where Unix's do, with other values: Info-ZIP goes by the host.
_AMIGA, _AMIGA_TYPE, _AMIGA_FOLDER = 1, 0o6000, 0o4000
# The lower half of the attributes, as FAT and NTFS have them.
_DOS_VOLUME, _DOS_FOLDER, _DOS_DEVICE, _NTFS_REPARSE = 0x08, 0x10, 0x40, 0x400


def kind_fault(header: Header) -> tuple[str, str] | None:
    """Kind and phrase of what an entry is besides a plain file or folder, by the attributes of any host.

    Some readers look at Unix's bits whatever host is named, and some at MS-DOS's bits though Unix is.
    """
    name, type_ = header.name, stat.S_IFMT(header.attributes >> 16)
    is_folder = name.endswith("/")
    if type_ not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "link", f"{name!r} is a link or a device, not a file"
    if header.attributes & (_DOS_DEVICE | _NTFS_REPARSE):
        return "link", f"{name!r} is marked as a link or a device"
    if is_folder and (header.size or header.compressed):
        return (
            "folder-bytes",
            f"{name!r} has the name of a folder, but contains {counted(header.size, 'byte')}",
        )
    if is_folder:
        if type_ == stat.S_IFREG or header.attributes & _DOS_VOLUME:
            return "folder", f"{name!r} has the name of a folder, but is marked as a file"
        return None
    is_drawer = header.host == _AMIGA and header.attributes >> 16 & _AMIGA_TYPE == _AMIGA_FOLDER
    if type_ == stat.S_IFDIR or header.attributes & _DOS_FOLDER or is_drawer:
        return "folder", f"{name!r} is marked as a folder"
    if header.attributes & _DOS_VOLUME:
        return "folder", f"{name!r} is marked as a volume label"
    return None


def descriptor_fault(header: Header, local: Local, descriptor: bytes) -> str:
    """Why some reader does not read an entry with this data descriptor; empty where all do.

    Java's ZipInputStream refuses every stored one; Perl's IO::Uncompress wants what Java writes.
    """
    if header.method == STORED:
        return "is stored with a data descriptor"
    if not descriptor.startswith(DESCRIPTOR_SIGNATURE):
        return "has a data descriptor without a signature"
    if len(descriptor) != SHORT_DESCRIPTOR:
        return "has a data descriptor of zip64"
    if local.crc or local.compressed or local.size or local.extras.has_zip64:
        return "has its sizes both before and after its data"
    return ""


def is_renamed(header: Header, local: Local) -> bool:
    """True where an Info-ZIP Unicode name says another name than the headers."""
    true = header.extras.true_name(header.raw)
    wanted = header.raw if true is None else true.encode()
    given = {*header.extras.unicode_names, *local.extras.unicode_names}
    return bool(given - {wanted})


def has_odd_zip64(header: Header, local: Local) -> bool:
    """True for zip64 fields on which readers differ, though their numbers are right.

    Archive::Zip loses a stored entry whose packed size the directory leaves to zip64, and any entry whose
    offset it does.
    """
    known = {"size"} if header.method == STORED else {"size", "compressed"}
    truth = (header.size, header.compressed, header.offset)
    idle_lies = (
        not header.hidden and header.extras.idle_zip64_lies(*truth),
        not local.hides_sizes and not header.has_descriptor and local.extras.idle_zip64_lies(*truth),
    )
    return bool(set(header.hidden) - known) or any(idle_lies)
