#!/bin/sh
# Opens the form on macOS and Linux; the first time it makes the environment, which takes a couple of minutes.
cd "$(dirname "$0")/.." || exit 1
python=.venv/bin/python
if [ ! -e .venv/form-ready ]; then
  echo "Gør klar; det tager et par minutter ..."
  { python3 -m venv .venv &&
    $python -m pip install --require-hashes -r requirements.lock &&
    $python -m pip install --require-hashes -r notebooks/requirements.lock &&
    echo ready > .venv/form-ready; } || {
    echo "Det gik ikke. Er Python 3.11 eller nyere installeret? Se params/README.md."
    exit 1
  }
fi
exec $python -m jobreport form
