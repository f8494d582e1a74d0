"""What is left in a kernel by the kernels before it, and what of a fresh one it has (`test_parent`)."""

import nbformat

from jobreport.make import kernel

PROBES = """
import builtins, gc, locale, os, random, sys, warnings
import matplotlib, numpy, pandas
import jobreport.figures.style
print(dict(
    name="leak" in globals(),
    builtin=hasattr(builtins, "leak"),
    environment="LEAK" in os.environ,
    given=os.environ.get("GIVEN"),
    folder=os.getcwd(),
    module="leaking" in sys.modules,
    patched=hasattr(pandas, "leak"),
    option=pandas.get_option("display.max_columns"),
    width=pandas.get_option("display.width"),
    drawing=matplotlib.rcParams["font.size"],
    backend=matplotlib.get_backend(),
    path="/leak" in sys.path,
    filters=len([f for f in warnings.filters if f[0] == "error"]),
    seeded=numpy.random.get_state()[1][0] == 1234,
    random=random.getstate() == STATE if "STATE" in globals() else False,
    locale=locale.setlocale(locale.LC_ALL),
    garbage=gc.isenabled(),
))
"""
LEAKS = """
import types
leak = builtins.leak = pandas.leak = 1
os.environ["LEAK"] = "1"
os.chdir("/")
sys.modules["leaking"] = types.ModuleType("leaking")
sys.path.append("/leak")
pandas.set_option("display.max_columns", 3)
matplotlib.rcParams["font.size"] = 30
warnings.simplefilter("error")
numpy.random.seed(1234)
STATE = random.getstate()
"""


def probed(folder, *, preloaded):
    """What the probes print in a kernel that afterwards leaves everything it can behind."""
    return printed(folder, PROBES, LEAKS, preloaded=preloaded)


def printed(folder, *sources, preloaded):
    """What cells print in a kernel of their own."""
    cells = [nbformat.v4.new_code_cell("x: int = 1", metadata={"tags": ["parameters"]})]
    cells += [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    executed = kernel.execute(
        notebook,
        {},
        folder=folder,
        environment={"GIVEN": "yes"},
        evidence=folder / "stopped.ipynb",
        preloaded=preloaded,
    )
    return "".join(output.text for cell in executed.cells for output in cell.get("outputs", []))
