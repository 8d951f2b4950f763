"""python enter_container.py SPEC.json: becomes the process of a container. The first process of new namespaces.

Python's own library only: it runs before the change of root, as the host's Python. SPEC: {root, argv, environment, user,
groups, directory, hostname}; `user` is uid:gid.
"""

import ctypes
import json
import os
import signal
import sys

MNT_DETACH, MS_PRIVATE_REC = 2, (1 << 18) | (1 << 14)
PR_CAPBSET_READ, PR_CAPBSET_DROP = 23, 24
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
# What a container of Docker keeps, numbered as in linux/capability.h: chown, dac_override, fowner, fsetid, kill, setgid,
# setuid, setpcap, net_bind_service, net_raw, sys_chroot, mknod, audit_write, setfcap.
KEPT = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}

libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def enter_root(root: str) -> None:
    os.chdir(root)
    # The old root lies under the new one's, and is let go there: nothing of the host stays within reach.
    number = ctypes.c_long(SYS_PIVOT_ROOT[os.uname().machine])
    check(libc.syscall(number, b".", b"."), "pivot_root")
    check(libc.umount2(b".", MNT_DETACH), "umount of the old root")
    os.chdir("/")


def drop_capabilities() -> None:
    number = 0
    while libc.prctl(PR_CAPBSET_READ, number, 0, 0, 0) >= 0:
        if number not in KEPT:
            check(libc.prctl(PR_CAPBSET_DROP, number, 0, 0, 0), f"dropping capability {number}")
        number += 1


def main() -> None:
    with open(sys.argv[1]) as file:
        spec = json.load(file)
    uid, gid = (int(number) for number in spec["user"].split(":"))
    enter_root(spec["root"])
    os.makedirs(spec["directory"], exist_ok=True)
    drop_capabilities()
    os.setgroups(spec["groups"])
    os.setgid(gid)
    os.setuid(uid)
    os.chdir(spec["directory"])
    os.umask(0o022)
    # Python ignores these, and what is ignored stays so.
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvpe(spec["argv"][0], spec["argv"], spec["environment"])
    except OSError as error:
        # As a container engine says it, and with its exit codes.
        print(f'exec: "{spec["argv"][0]}": {error.strerror}', file=sys.stderr)
        os._exit(127 if isinstance(error, FileNotFoundError) else 126)


if __name__ == "__main__":
    main()
