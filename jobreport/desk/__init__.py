"""Where people sit: command line, form, JupyterLab. No logic."""
