#!/usr/bin/env bash
# Executes the quickstart notebook and compares the runs that it left in the store.
set -euo pipefail
cd "$(dirname "$0")/.."

track=.build/release/track-cli
.venv/bin/python scripts/execute_notebook.py notebooks/quickstart.ipynb .build/quickstart

echo
echo "Every run is in ${TRACKING_URI:-tracking.db}; look around with: $track --help"
echo "Open the notebook in JupyterLab with: make lab"
echo
# The notebook's last four runs: three configurations, and the best one again as a job.
"$track" compare latest~3 latest~2 latest~1 latest
