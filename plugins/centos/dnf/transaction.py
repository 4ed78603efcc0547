# transaction.py resolve|install REQUEST RESULT: one transaction of dnf in an install root.
#
# `resolve` writes which packages and source packages it takes, with their addresses and sums. `install` fetches what is
# not yet in the cache, checks every signature but those of the request's own files, which were made here, and installs
# the packages. What went wrong is written to RESULT as {"error": {...}}.
import glob
import json
import logging
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

import dnf
import dnf.conf
import dnf.exceptions
import dnf.yum.rpmtrans
import hawkey
import rpm

KEYS = "/etc/pki/rpm-gpg/"
# mirrors to try for one package
MIRRORS = 3


class Failure(Exception):
    def __init__(self, kind, **details):
        super().__init__(kind)
        self.told = {"kind": kind, **details}


class Said(logging.Handler):
    """What dnf says beside its exceptions, where the causes are."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = []

    def emit(self, record):
        self.texts.append(record.getMessage())
        print(record.getMessage(), flush=True)


said = Said()
logging.getLogger("dnf").addHandler(said)


def base_of(request):
    # the one that Base would make looks into the rpm database of the tools
    conf = dnf.conf.Conf()
    for name, value in {
        "installroot": request["root"],
        "cachedir": request["cache"],
        "persistdir": request["state"],
        "logdir": request["state"],
        "releasever": request["major"],
        "module_platform_id": "platform:el" + request["major"],
        "install_weak_deps": False,
        "history_record": False,
        "tsflags": ["nodocs"],
        "best": True,
        "gpgcheck": True,
        "keepcache": True,
        "retries": 3,
        "minrate": 1,
        "timeout": 60,
        "metadata_expire": -1,
    }.items():
        setattr(conf, name, value)
    conf.substitutions.update(request["variables"])
    os.makedirs(request["state"], exist_ok=True)
    base = dnf.Base(conf)
    for repository in request["repositories"]:
        place = {name: repository[name] for name in ("mirrorlist", "metalink") if name in repository}
        urls = [repository["baseurl"]] if "baseurl" in repository else []
        base.repos.add_new_repo(
            repository["name"], conf, baseurl=urls, gpgcheck=True, skip_if_unavailable=False, **place
        )
    return base


def load(base):
    for repository in base.repos.iter_enabled():
        try:
            repository.load()
        except dnf.exceptions.RepoError as error:
            reason = "\n".join([*said.texts, str(error)])
            raise Failure("repository", name=repository.id, reason=reason) from error
    base.fill_sack(load_available_repos=True)


def resolve(base, request):
    try:
        for package in base.add_remote_rpms(request["own"], strict=True):
            base.package_install(package)
        base.install_specs(request["packages"], strict=True)
    except dnf.exceptions.MarkingErrors as error:
        names = [*error.no_match_pkg_specs, *error.no_match_group_specs]
        if names:
            raise Failure("unknown", names=names) from error
        raise Failure("dependency", reason=str(error)) from error
    try:
        base.resolve()
    except dnf.exceptions.DepsolveError as error:
        raise Failure("dependency", reason=str(error)) from error
    return sorted(base.transaction.install_set, key=str)


def newest_sources(base, request):
    found = []
    for name in request["sources"]:
        newest = [*base.sack.query().available().filter(name=name, arch="src").latest()]
        if not newest:
            raise Failure("unknown", names=[name + ".src"])
        found.append(newest[0])
    return found


def addresses(package):
    repository = package.repo
    bases = [*repository._repo.getMirrors()] or [*repository.baseurl]
    if package.baseurl:
        bases = [package.baseurl]
    urls = [each.rstrip("/") + "/" + package.location for each in bases]
    return [url for url in urls if re.match("https?://", url)][:MIRRORS]


def described(package):
    kind, digest = package.returnIdSum()
    return {
        "name": str(package),
        "path": package.localPkg(),
        "urls": addresses(package),
        **({"sha256": digest} if kind == "sha256" else {}),
    }


def fingerprints(path):
    home = tempfile.mkdtemp()
    shown = subprocess.run(
        ["gpg", "--homedir", home, "--batch", "--show-keys", "--with-colons", path], capture_output=True, text=True
    ).stdout
    primary, found = False, []
    for line in shown.splitlines():
        fields = line.split(":")
        if fields[0] in ("pub", "sub"):
            primary = fields[0] == "pub"
        elif fields[0] == "fpr" and primary:
            found.append(fields[9])
    return found


def import_key(request, path):
    done = subprocess.run(
        ["rpmkeys", "--root", request["root"], "--import", path], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise Failure("key", file=os.path.basename(path), reason=done.stderr.strip())


def brought_keys(packages):
    """The key files that packages of the transaction bring, unpacked without being installed."""
    at = tempfile.mkdtemp()
    for package in packages:
        if any(path.startswith(KEYS) for path in package.files):
            archive = subprocess.run(["rpm2cpio", package.localPkg()], capture_output=True, check=True).stdout
            subprocess.run(["cpio", "-i", "-d", "--quiet", "." + KEYS + "*"], input=archive, cwd=at, check=True)
    return [path for path in sorted(glob.glob(at + KEYS + "*")) if os.path.isfile(path) and not os.path.islink(path)]


def trust(request, packages):
    for path in request["keys"]:
        import_key(request, path)
    missing = set(request["fingerprints"])
    for path in brought_keys(packages):
        here = fingerprints(path)
        # a file with another key beside the wanted one would bring that along
        if here and set(here) <= set(request["fingerprints"]):
            if missing & set(here):
                import_key(request, path)
            missing -= set(here)
    return missing


def check_signatures(base, packages, missing):
    for package in packages:
        code, reason = base.package_signature_check(package)
        if code != 0:
            raise Failure("signature", name=str(package), reason=str(reason), missing=sorted(missing))


class Display(dnf.yum.rpmtrans.TransactionDisplay):
    """Tells what is installed, one line a package, and keeps what scripts say."""

    def __init__(self):
        super().__init__()
        self.printed = []

    def progress(self, package, action, ti_done, ti_total, ts_done, ts_total):
        if ti_done == ti_total and package:
            print(f"{ts_done}/{ts_total} {package}", flush=True)

    def scriptout(self, msgs):
        if msgs:
            text = msgs.decode(errors="replace") if isinstance(msgs, bytes) else str(msgs)
            self.printed += text.splitlines()
            print(text.rstrip(), flush=True)

    def error(self, message):
        self.printed.append(str(message))
        print(message, flush=True)


def fetch(base, packages):
    missing_sums = [package for package in packages if not os.path.exists(package.localPkg())]
    try:
        base.download_packages(missing_sums)
    except dnf.exceptions.DownloadError as error:
        raise Failure("download", reason=str(error)) from error


def install(base, request, packages):
    display = Display()
    try:
        base.do_transaction(display)
    except dnf.exceptions.Error as error:
        raise Failure("transaction", reason=str(error), lines=display.printed[-15:]) from error
    here = {header["nevra"] for header in rpm.TransactionSet(request["root"]).dbMatch()}
    lost = [str(package) for package in packages if str(package).replace("-0:", "-") not in here]
    if lost:
        raise Failure("transaction", reason=f"{lost[0]} is not installed", lines=display.printed[-15:])


def settle(request):
    """rpm leaves a journal beside the database, without which only root could read it; it makes a new one when it writes."""
    path = subprocess.run(["rpm", "--eval", "%_dbpath"], capture_output=True, text=True, check=True).stdout.strip()
    sqlite3.connect(request["root"] + path + "/rpmdb.sqlite").execute("PRAGMA journal_mode = DELETE").connection.close()


def run(mode, request):
    with base_of(request) as base:
        load(base)
        packages = resolve(base, request)
        sources = newest_sources(base, request)
        if mode == "install":
            fetch(base, packages + sources)
            check_signatures(base, packages + sources, trust(request, packages))
            install(base, request, packages)
        told = {
            "packages": [described(package) for package in packages if package.reponame != hawkey.CMDLINE_REPO_NAME],
            "sources": [described(package) for package in sources],
        }
    if mode == "install":
        settle(request)
    return told


def main():
    mode, request, result = sys.argv[1:]
    with open(request) as file:
        request = json.load(file)
    try:
        told = run(mode, request)
    except Failure as failure:
        told = {"error": failure.told}
    with open(result, "w") as file:
        json.dump(told, file)


main()
