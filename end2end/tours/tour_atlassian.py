"""A tour with the `atlassian-python-api` library."""

from requests import HTTPError

from atlassian import Jira

from tour import Tour, check, load_sites, same

tour = Tour("atlassian-python-api")


def connect(site):
    if site.is_cloud:
        return Jira(url=site.url, username=site.user, password=site.token, cloud=True, verify_ssl=site.verify)
    return Jira(url=site.url, token=site.token, cloud=False, verify_ssl=site.verify)


def look_around(site, jira):
    step = lambda title, action: tour.step(site, title, action)

    def server():
        check(jira.get_server_info()["versionNumbers"], "version")
        check(jira.myself()["displayName"], "myself")

    def projects():
        check({"PAY", "TRIP"} <= {project["key"] for project in jira.projects()}, "projects")
        same(jira.project("PAY")["key"], "PAY")
        check(jira.get_project_versions("PAY"), "versions")
        check(jira.get_project_versions_paginated("PAY", limit=2)["values"], "version page")
        check(jira.get_status_for_project("PAY") if hasattr(jira, "get_status_for_project") else True, "statuses")
        check(len(jira.get_project_components("PAY")) >= 3, "components")

    def lists():
        check(any(field["name"] == "Severity" for field in jira.get_all_fields()), "fields")
        check(len(jira.get_all_statuses()) > 5, "statuses")
        check(jira.get_all_priorities(), "priorities")
        check(jira.get_all_resolutions(), "resolutions")
        check(jira.get_issue_types(), "types")

    def create_meta():
        page = jira.issue_createmeta_issuetypes("PAY")
        kinds = page["issueTypes" if site.is_cloud else "values"]
        bug = next(kind for kind in kinds if kind["name"] == "Bug")
        fields = jira.issue_createmeta_fieldtypes("PAY", bug["id"])
        check(fields["fields" if site.is_cloud else "values"], "fields")

    def search():
        if site.is_cloud:
            page = jira.enhanced_jql("project = PAY ORDER BY created ASC", fields="summary,status", limit=30)
            same(len(page["issues"]), 30)
            more = jira.enhanced_jql("project = PAY ORDER BY created ASC", fields="summary", limit=30,
                                     nextPageToken=page["nextPageToken"])
            check(more["issues"][0]["key"] != page["issues"][0]["key"], "next page")
        else:
            page = jira.jql("project = PAY ORDER BY created ASC", fields="summary,status", start=10, limit=30)
            same((page["startAt"], len(page["issues"])), (10, 30))

    def one_issue():
        issue = jira.issue("PAY-20", expand="changelog")
        same(issue["key"], "PAY-20")
        check(jira.issue_exists("PAY-20") and not jira.issue_exists("PAY-99999"), "existence")
        same(jira.issue_field_value("PAY-20", "project")["key"], "PAY")
        check(jira.issue_get_comments("PAY-20")["comments"] is not None, "comments")
        check(jira.issue_get_worklog("PAY-20")["worklogs"] is not None, "worklog")
        check(jira.get_issue_changelog("PAY-20"), "changelog")

    def boards():
        boards = jira.get_all_agile_boards(project_key="PAY")["values"]
        board = next(board for board in boards if board["type"] == "scrum")
        check(jira.get_agile_board_configuration(board["id"])["columnConfig"]["columns"], "columns")
        sprints = jira.get_all_sprints_from_board(board["id"], state="active")["values"]
        check(sprints and sprints[0]["state"] == "active", sprints)

    def people():
        if site.is_cloud:
            found = jira.user_find_by_user_string(query="quentin")
        else:
            found = jira.user_find_by_user_string(username="quentin")
        same(found[0]["displayName"], "Quentin Marsh")

    def rights():
        held = jira.get_permissions(permissions="BROWSE_PROJECTS", project_key="PAY")
        same(held["permissions"]["BROWSE_PROJECTS"]["havePermission"], True)

    step("server", server)
    step("projects", projects)
    step("lists", lists)
    step("create metadata", create_meta)
    step("search and pages", search)
    step("one issue", one_issue)
    step("boards and sprints", boards)
    step("people", people)
    step("rights", rights)


def change_things(site, jira):
    step = lambda title, action: tour.step(site, title, action)
    kept = {}

    def create():
        made = jira.create_issue(
            {
                "project": {"key": "PAY"},
                "issuetype": {"name": "Task"},
                "summary": "Check the tour",
                "description": "Seen on the tour.",
            }
        )
        kept["key"] = made["key"]
        check(made["id"] and made["self"], made)

    def edit():
        jira.update_issue_field(kept["key"], {"summary": "Check the whole tour"})
        same(jira.issue_field_value(kept["key"], "summary"), "Check the whole tour")

    def transition():
        check(jira.get_issue_transitions(kept["key"]), "transitions")
        jira.set_issue_status(kept["key"], "In Progress")
        same(jira.get_issue_status(kept["key"]), "In Progress")

    def comment():
        written = jira.issue_add_comment(kept["key"], "A remark")
        same(jira.issue_get_comment(kept["key"], written["id"])["body"], "A remark")

    def links():
        jira.create_issue_link(
            {"type": {"name": "Blocks"}, "inwardIssue": {"key": kept["key"]}, "outwardIssue": {"key": "PAY-20"}}
        )
        same(len(jira.issue_field_value(kept["key"], "issuelinks")), 1)
        jira.create_or_update_issue_remote_links(
            kept["key"], "https://tests.example/case/8", "Case 8", global_id="system=https://tests.example&id=8"
        )
        same(len(jira.get_issue_remote_links(kept["key"])), 1)

    def version():
        made = jira.add_version(project_key="PAY", project_id=10101, version="Tour release 2", is_archived=False,
                                is_released=False)
        check(made["id"], made)
        jira.delete_version(made["id"])

    def delete():
        jira.delete_issue(kept["key"])
        check(not jira.issue_exists(kept["key"]), "gone")

    def refused():
        try:
            jira.create_issue({"project": {"key": "PAY"}, "issuetype": {"name": "Task"}})
        except HTTPError as error:
            same(error.response.status_code, 400)
            return
        raise AssertionError("a missing summary is refused")

    step("create an issue", create)
    step("edit it", edit)
    step("move it through the workflow", transition)
    step("comment", comment)
    step("links and remote links", links)
    step("versions", version)
    step("delete it", delete)
    step("a wrong issue is refused", refused)


for site in load_sites():
    client = tour.step(site, "connect", lambda: connect(site))
    if client is not None:
        look_around(site, client)
        change_things(site, client)
tour.finish()
