"""Fuzz one target by coverage: ``python tests/fuzz/fuzz.py params -max_total_time=300``.

Needs atheris, which has wheels for some systems only and is therefore in no lock. Without it the same targets are
attacked by ``pytest -m slow tests/fuzz``.
"""

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[2]))
with atheris.instrument_imports(include=["jobreport", "yaml"]):
    from tests.fuzz.targets import TARGETS, TOKENS, run

if __name__ == "__main__":
    name = sys.argv.pop(1)
    corpus = Path(sys.argv[1]) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else None
    if corpus is not None:
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(TARGETS[name].seeds):
            (corpus / f"seed{number}").write_bytes(seed)
        words = "\n".join('"' + "".join(f"\\x{byte:02x}" for byte in token) + '"' for token in TOKENS)
        (corpus.parent / "tokens.dict").write_text(words, encoding="utf-8")
        sys.argv.append(f"-dict={corpus.parent / 'tokens.dict'}")
    atheris.Setup(sys.argv, lambda content: run(name, content))
    atheris.Fuzz()
