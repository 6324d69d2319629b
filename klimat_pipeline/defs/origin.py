"""Where the UI finds the job of a run that the command began, so that all runs look alike.

Without it the UI shows such a run on no timeline, and cannot repeat it. What does not belong here: running (``cli``).
"""

import sys
from typing import TYPE_CHECKING

import yaml
from dagster._core.definitions.repository_definition import SINGLETON_REPOSITORY_NAME
from dagster._core.remote_origin import ManagedGrpcPythonEnvCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from klimat_pipeline.defs.jobs import NIGHTLY

if TYPE_CHECKING:
    from klimat_pipeline.settings import Settings

#: Tag that the list of runs shows under "Launched by".
LAUNCHED_BY = "user"
_MODULE = "klimat_pipeline.definitions"


def origin(settings: "Settings") -> RemoteJobOrigin:
    """The main job as the UI knows it, which loads ``workspace.yaml``."""
    workspace = settings.project_dir / "workspace.yaml"
    module = _MODULE
    if workspace.is_file():
        module = yaml.safe_load(workspace.read_text(encoding="utf-8"))["load_from"][0]["python_module"]
    target = LoadableTargetOrigin(executable_path=sys.executable, module_name=module)
    place = ManagedGrpcPythonEnvCodeLocationOrigin(loadable_target_origin=target, location_name=module)
    return RemoteJobOrigin(RemoteRepositoryOrigin(place, SINGLETON_REPOSITORY_NAME), NIGHTLY)
