"""A cluster's tests run over the backend's small models."""

from tests.backend.conftest import clean_environment, small_folders

__all__ = ["clean_environment", "small_folders"]
