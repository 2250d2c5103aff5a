"""What containers of the engine, and the processes around them, take of this machine's memory. Standard library only."""

import os
import pathlib
import typing

from apps import KIB, taken_share
from measuring import output, server_process

CGROUPS = pathlib.Path("/sys/fs/cgroup")


class Group(typing.NamedTuple):
    """The kernel's account of one container's memory, in either version of control groups."""

    folder: pathlib.Path
    is_second: bool

    @staticmethod
    def of(process):
        """That of a process of this machine."""
        lines = pathlib.Path(f"/proc/{process}/cgroup").read_text().splitlines()
        places = {controllers: path for _, controllers, path in (line.split(":", 2) for line in lines)}
        if "memory" in places:
            return Group(CGROUPS / "memory" / places["memory"].lstrip("/"), False)
        return Group(CGROUPS / places[""].lstrip("/"), True)

    def charged(self):
        """Bytes in memory."""
        return int((self.folder / ("memory.current" if self.is_second else "memory.usage_in_bytes")).read_text())

    def swapped(self):
        """Bytes in swap, before they are compressed."""
        if self.is_second:
            return int((self.folder / "memory.swap.current").read_text())
        lines = (self.folder / "memory.stat").read_text().splitlines()
        return next((int(line.split()[1]) for line in lines if line.startswith("total_swap ")), 0)


def groups(containers):
    """Those of these containers of the engine, by its ids."""
    pids = output("docker", "inspect", "--format", "{{.State.Pid}}", *containers).split()
    return [Group.of(pid) for pid in pids if pid != "0"]


def held(those):
    """Bytes of the machine's memory that they take, with zram the compressed pages included."""
    share = taken_share()
    return sum(group.charged() + group.swapped() * share for group in those)


def of_process(pid):
    """The same of one process, pages that it shares with others by its share."""
    lines = (line.split() for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    pages = {words[0]: int(words[1]) * KIB for words in lines}
    return pages["Pss:"] + pages["SwapPss:"] * taken_share()


def of_server():
    return of_process(server_process())


def around(containers, ports=()):
    """The same of the processes that the engine runs for each of these: what holds it, and what publishes its port."""
    marks = {f"-id\0{one}\0".encode() for one in containers} | {f"-host-port\0{one}\0".encode() for one in ports}
    total = 0
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            if any(mark in command for mark in marks):
                total += of_process(folder.name)
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended
    return total


def whole():
    """Bytes that this machine has."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def forget_files(image):
    """Has the pages of the image's files dropped: whoever reads them first is charged for them, on either side."""
    folder = output("docker", "image", "inspect", "--format", "{{.GraphDriver.Data.UpperDir}}", image)
    for path in pathlib.Path(folder).rglob("*"):
        if path.is_file() and not path.is_symlink():
            with open(path, "rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
