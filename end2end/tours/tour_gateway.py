"""A tour through the gateway with a scoped token, by the `atlassian-python-api` library."""

from requests import HTTPError

from atlassian import Jira

from tour import Tour, check, load_sites, same

tour = Tour("gateway")


def look_around(site):
    step = lambda title, action: tour.step(site, title, action)
    gateway = f"{site.url}/ex/jira/{site.cloud_id}"
    connect = lambda url, token: Jira(url=url, username=site.user, password=token, cloud=True, verify_ssl=site.verify)
    jira = connect(gateway, site.scoped_token)

    def doors():
        check(jira.myself()["displayName"], "the gateway takes the scoped token")
        try:
            connect(site.url, site.scoped_token).myself()
        except HTTPError as error:
            same(error.response.status_code, 401)
        else:
            check(False, "the site takes a scoped token")

    def reads():
        check({"PAY", "TRIP"} <= {project["key"] for project in jira.projects()}, "projects")
        page = jira.enhanced_jql("project = PAY ORDER BY created ASC", fields="summary", limit=10)
        same(len(page["issues"]), 10)
        check(page["issues"][0]["self"].startswith(gateway), "links lead through the gateway")
        same(jira.issue("PAY-20")["key"], "PAY-20")

    def writes():
        made = jira.create_issue({"project": {"key": "PAY"}, "issuetype": {"name": "Task"}, "summary": "By the gateway"})
        jira.issue_add_comment(made["key"], "Seen")
        jira.update_issue_field(made["key"], {"summary": "By the gateway, again"})
        same(jira.issue(made["key"])["fields"]["summary"], "By the gateway, again")
        jira.delete_issue(made["key"])

    step("who am I, here and at the site", doors)
    step("projects, search, one issue", reads)
    step("an issue's life", writes)


for site in load_sites():
    if site.is_cloud:
        look_around(site)
tour.finish()
