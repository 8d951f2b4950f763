"""The CodeBuild API: projects as they were written, builds that run."""

import json
from typing import Any

import moto.codebuild.urls as moto_urls
from moto.codebuild.exceptions import (
    ResourceAlreadyExistsException,
    ResourceNotFoundException,
)
from moto.codebuild.responses import CodeBuildResponse
from moto.core.responses import ActionResult, EmptyResult

from ..cloud import cloud
from .build import Build
from .builds import builds_in, builds_of, start_build
from .projects import Project, complete, find_project, project_arn, projects_in


def install() -> None:
    moto_urls.url_paths = {"{0}/$": Api.dispatch}


class Api(CodeBuildResponse):
    def create_project(self) -> ActionResult:
        params = self._body
        name = params["name"]
        if name in self._projects:
            raise ResourceAlreadyExistsException(f"Project already exists: {project_arn(self.region, name)}")
        now = cloud().clock.utc()
        project = {**complete(self.region, params), "created": now, "lastModified": now}
        self._projects[name] = project
        return ActionResult({"project": project})

    def update_project(self) -> ActionResult:
        params = self._body
        known = find_project(self.region, params["name"])
        given = {key: value for key, value in params.items() if value is not None}
        known.update(complete(self.region, {**known, **given}), lastModified=cloud().clock.utc())
        if known.get("concurrentBuildLimit") == -1:  # how the limit is taken away
            del known["concurrentBuildLimit"]
        return ActionResult({"project": known})

    def delete_project(self) -> EmptyResult:
        self._projects.pop(self._get_param("name"), None)
        return EmptyResult()

    def batch_get_projects(self) -> ActionResult:
        names = [name.rsplit("/", 1)[-1] for name in self._get_param("names")]
        found = [self._projects[name] for name in names if name in self._projects]
        missing = [name for name in names if name not in self._projects]
        return ActionResult({"projects": found, "projectsNotFound": missing})

    def list_projects(self) -> ActionResult:
        return ActionResult({"projects": sorted(self._projects)})

    def start_build(self) -> ActionResult:
        record = start_build(self.region, self._body, cloud().principal or "aws")
        return ActionResult({"build": record})

    def stop_build(self) -> ActionResult:
        build = self._builds.get(self._get_param("id"))
        if build is None:
            raise ResourceNotFoundException(f"Build {self._get_param('id')} does not exist")
        build.stop()
        return ActionResult({"build": build.record})

    def batch_get_builds(self) -> ActionResult:
        ids = [build_id.rsplit("build/", 1)[-1] for build_id in self._get_param("ids")]
        found = [self._builds[build_id].record for build_id in ids if build_id in self._builds]
        missing = [build_id for build_id in ids if build_id not in self._builds]
        return ActionResult({"builds": found, "buildsNotFound": missing})

    def list_builds_for_project(self) -> ActionResult:
        name = find_project(self.region, self._get_param("projectName"))["name"]
        return self._ids([build.id for build in builds_of(self.region, name)])

    def list_builds(self) -> ActionResult:
        return self._ids(list(self._builds))

    def _ids(self, ids: list[str]) -> ActionResult:
        newest_first = self._get_param("sortOrder") != "ASCENDING"
        return ActionResult({"ids": ids[::-1] if newest_first else ids})

    @property
    def _body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def _projects(self) -> dict[str, Project]:
        return projects_in(self.region)

    @property
    def _builds(self) -> dict[str, Build]:
        return builds_in(self.region)
