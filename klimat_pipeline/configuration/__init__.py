"""What people edit: strict reading of YAML and CSV with line numbers, and the models of a municipality's folder.

What does not belong here: settings of the environment (``settings``), what the pipeline does with a target.
"""
