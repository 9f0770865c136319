"""A tour of somebody who may only browse, by the `jira` library: what is refused, and how."""

from jira import JIRA, JIRAError

from tour import Tour, check, load_sites, same

tour = Tour("reader")


def connect(site):
    options = {"server": site.url, "verify": site.verify, "rest_api_version": "3" if site.is_cloud else "2"}
    if site.is_cloud:
        return JIRA(options=options, basic_auth=(site.user, site.token), max_retries=0)
    return JIRA(options=options, token_auth=site.token, max_retries=0)


def refused(action, *statuses):
    try:
        action()
    except JIRAError as error:
        check(error.status_code in statuses, f"refused with {error.status_code}, wanted {statuses}")
    else:
        check(False, "it was not refused")


def look_around(site):
    step = lambda title, action: tour.step(site, title, action)
    jira = connect(site)
    keys = sorted(project.key for project in jira.projects())
    own = keys[0]
    hidden = next((key for key in ["TRIP", "PAY", "OPS"] if key not in keys), None)
    issue = f"{own}-1"

    def reads():
        same(jira.issue(issue).key, issue)
        check(jira.project_versions(own) is not None, "versions")

    def hides():
        if hidden:
            refused(lambda: jira.project(hidden), 404)
            refused(lambda: jira.issue(f"{hidden}-1"), 404)
        refused(lambda: jira.issue(f"{own}-999999"), 404)

    def keeps():
        refused(lambda: jira.create_issue(project=own, issuetype={"name": "Task"}, summary="Mine"), 400, 403)
        refused(lambda: jira.issue(issue).update(fields={"summary": "Mine"}), 403)
        refused(lambda: jira.issue(issue).delete(), 403)
        refused(lambda: jira.create_version("Mine", own), 403, 404)
        refused(lambda: jira.add_simple_link(jira.issue(issue), {"url": "https://e.example", "title": "x"}), 403)

    step("what may be read", reads)
    step("what is hidden answers 404", hides)
    step("what may not be changed is refused", keeps)


for site in load_sites(-1):
    look_around(site)
tour.finish()
