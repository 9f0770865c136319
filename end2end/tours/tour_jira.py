"""A tour with the `jira` library."""

from jira import JIRA, JIRAError

from tour import Tour, check, load_sites, same

tour = Tour("jira")


def connect(site):
    options = {"server": site.url, "verify": site.verify}
    if site.is_cloud:
        options["rest_api_version"] = "3"
        return JIRA(options, basic_auth=(site.user, site.token), max_retries=0)
    return JIRA(options, token_auth=site.token, max_retries=0)


def look_around(site, jira):
    step = lambda title, action: tour.step(site, title, action)

    def server():
        info = jira.server_info()
        same(info["deploymentType"], "Cloud" if site.is_cloud else "Server")
        same(jira._is_cloud, site.is_cloud)
        check(isinstance(info["versionNumbers"], list), info)

    def me():
        myself = jira.myself()
        check(myself["displayName"] and myself["timeZone"], myself)
        same(jira.current_user(), myself["accountId"] if site.is_cloud else myself["name"])

    def projects():
        found = jira.projects()
        check({"PAY", "TRIP", "OPS"} <= {project.key for project in found}, found)
        project = jira.project("PAY")
        same(project.name, "Payments & Refunds")
        check(len(project.issueTypes) > 3, project.issueTypes)
        check(len(jira.project_versions("PAY")) >= 3, "versions")
        check(len(jira.project_components("PAY")) >= 3, "components")
        check(jira.project_roles("PAY"), "roles")

    def lists():
        check(any(field["name"] == "Severity" for field in jira.fields()), "fields")
        check(len(jira.statuses()) > 5 and len(jira.priorities()) > 3 and len(jira.resolutions()) > 2, "lists")
        same(jira.priority("2").name, "High")
        same(jira.resolution("1").name, "Fixed")
        check(len(jira.issue_types()) > 3, "types")
        check(jira.issue_type_by_name("Bug", project="PAY").id, "type by name")
        same({category.key for category in jira.statuscategories()} >= {"new", "done", "indeterminate"}, True)
        check(jira.status("3").name, "status")

    def create_meta():
        if site.is_cloud:
            # The library refuses the newer resources on Cloud by itself; the older one still answers there.
            old = jira.createmeta(projectKeys="PAY", issuetypeNames="Bug", expand="projects.issuetypes.fields")
            fields = old["projects"][0]["issuetypes"][0]["fields"]
            check(fields["summary"]["required"], fields["summary"])
            return
        types = jira.project_issue_types("PAY")
        bug = next(kind for kind in types if kind.name == "Bug")
        fields = jira.project_issue_fields("PAY", bug.id)
        required = {field.fieldId for field in fields if field.required}
        check({"summary", "issuetype", "project"} <= required, required)
        severity = next(field for field in fields if field.name == "Severity")
        check(severity.allowedValues, "allowed values")

    def rights():
        permissions = ["BROWSE_PROJECTS", "CREATE_ISSUES"] if site.is_cloud else None
        held = jira.my_permissions(projectKey="PAY", permissions=permissions)["permissions"]
        same(held["CREATE_ISSUES"]["havePermission"], True)

    def search():
        found = jira.enhanced_search_issues if site.is_cloud else jira.search_issues
        page = found("project = PAY ORDER BY created ASC", maxResults=20, fields="summary,status,created")
        same(len(page), 20)
        check(all(issue.fields.summary and issue.fields.status.name for issue in page), "fields")
        everything = found("project = PAY", maxResults=False, fields="key")
        check(len({issue.key for issue in everything}) >= 200, len(everything))
        try:
            found("project = NOWHERE", maxResults=1)
            raise AssertionError("an unknown project is refused")
        except JIRAError as error:
            same(error.status_code, 400)
            check("NOWHERE" in error.text, error.text)

    def one_issue():
        issue = jira.issue("PAY-20", expand="changelog,renderedFields,names")
        same((issue.key, issue.fields.project.key), ("PAY-20", "PAY"))
        check(issue.changelog.histories is not None, "changelog")
        check(issue.fields.comment.comments is not None and issue.fields.reporter.displayName, "fields")
        check(jira.comments("PAY-20") is not None and jira.worklogs("PAY-20") is not None, "lists")
        check(jira.editmeta("PAY-20")["fields"]["summary"], "editmeta")
        try:
            jira.issue("PAY-99999")
            raise AssertionError("an unknown issue is not found")
        except JIRAError as error:
            same(error.status_code, 404)

    def people():
        search = {"query": "quentin"} if site.is_cloud else {"user": "quentin"}
        found = jira.search_users(**search)
        same([person.displayName for person in found], ["Quentin Marsh"])
        who = {"query": "rhea"} if site.is_cloud else {"username": "rhea"}
        assignable = jira.search_assignable_users_for_issues(project="PAY", **who)
        check(isinstance(assignable, list), assignable)

    def boards():
        boards = jira.boards(projectKeyOrID="PAY")
        board = next(board for board in boards if board.type == "scrum")
        sprints = jira.sprints(board.id, state="active,future")
        check(any(sprint.state == "active" for sprint in sprints), sprints)
        same(jira.sprint(sprints[0].id).originBoardId, board.id)

    def shelves():
        check(jira.dashboards(), "dashboards")
        check(jira.favourite_filters() is not None, "filters")
        same(jira.filter("10084").name, "Filter for Trip squad board")

    step("server", server)
    step("who am I", me)
    step("projects", projects)
    step("lists", lists)
    step("create metadata", create_meta)
    step("rights", rights)
    step("search and pages", search)
    step("one issue", one_issue)
    step("people", people)
    step("boards and sprints", boards)
    step("filters and dashboards", shelves)


def adf(text):
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }


def change_things(site, jira):
    rich = adf if site.is_cloud else str
    step = lambda title, action: tour.step(site, title, action)
    kept = {}

    def create():
        severity = next(field for field in jira.fields() if field["name"] == "Severity" and "scope" not in field)
        bug = jira.issue_type_by_name("Bug", project="PAY")
        fields = {
            "project": {"key": "PAY"},
            "issuetype": {"id": bug.id},
            "summary": "Refund is paid twice",
            "description": rich("Seen on the tour."),
            "labels": ["tour"],
            "priority": {"id": "2"},
            severity["id"]: {"id": "10142"},
        }
        kept["issue"] = jira.create_issue(fields=fields)
        check(kept["issue"].key.startswith("PAY-"), kept["issue"])
        try:
            jira.create_issue(fields={"project": {"key": "PAY"}, "issuetype": {"id": bug.id}})
            raise AssertionError("a missing summary is refused")
        except JIRAError as error:
            same(error.status_code, 400)
            check("summary" in error.response.json()["errors"], error.text)

    def edit():
        issue = kept["issue"]
        issue.update(fields={"summary": "Refund is paid three times", "labels": ["tour", "money"]})
        same(jira.issue(issue.key).fields.summary, "Refund is paid three times")

    def transition():
        issue = kept["issue"]
        open_ = jira.transitions(issue)
        check(open_, "transitions")
        target = next(one for one in open_ if one["to"]["name"] == "Triaged")
        jira.transition_issue(issue, target["id"])
        same(jira.issue(issue.key).fields.status.name, "Triaged")

    def comment():
        issue = kept["issue"]
        written = jira.add_comment(issue.key, rich("First remark"))
        check(written.id in [one.id for one in jira.comments(issue.key)], "comment is listed")
        jira.comment(issue.key, written.id).delete()
        same(jira.comments(issue.key), [])

    def links():
        issue = kept["issue"]
        check(any(kind.name == "Blocks" for kind in jira.issue_link_types()), "link types")
        jira.create_issue_link("Blocks", issue.key, "PAY-20")
        linked = jira.issue(issue.key).fields.issuelinks
        same(len(linked), 1)
        jira.delete_issue_link(linked[0].id)
        same(jira.issue(issue.key).fields.issuelinks, [])
        target = {"url": "https://tests.example/case/7", "title": "Case 7"}
        first = jira.add_remote_link(issue.key, target, globalId="system=https://tests.example&id=7")
        again = jira.add_remote_link(issue.key, target, globalId="system=https://tests.example&id=7")
        same(first.id, again.id)
        same(len(jira.remote_links(issue.key)), 1)

    def version():
        made = jira.create_version("Tour release", "PAY", description="from a tour", releaseDate="2026-12-24")
        made.update(released=True)
        check(jira.version(made.id).released, "released")
        made.delete()

    def sprint():
        board = next(board for board in jira.boards(projectKeyOrID="PAY") if board.type == "scrum")
        made = jira.create_sprint("Tour sprint", board.id)
        same(made.state, "future")
        jira.add_issues_to_sprint(made.id, [kept["issue"].key])
        jira.update_sprint(made.id, name="Tour sprint, renamed")
        same(jira.sprint(made.id).name, "Tour sprint, renamed")

    def delete():
        issue = kept["issue"]
        issue.delete()
        try:
            jira.issue(issue.key)
            raise AssertionError("a deleted issue is not found")
        except JIRAError as error:
            same(error.status_code, 404)

    step("create an issue", create)
    step("edit it", edit)
    step("move it through the workflow", transition)
    step("comment", comment)
    step("links and remote links", links)
    step("versions", version)
    step("sprints", sprint)
    step("delete it", delete)


for site in load_sites():
    client = tour.step(site, "connect", lambda: connect(site))
    if client is not None:
        look_around(site, client)
        change_things(site, client)
tour.finish()
