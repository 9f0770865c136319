//! What is different from the recordings on purpose, each with its reason.

/// File (start of its name, or empty for all), place, reason. A place ends with `*` for all below.
pub(super) const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "tuleap-",
        "/expand",
        "left over from the removed search by those who adapted the recording",
    ),
    ("jiracli-search", "/expand", "recorded from the removed search"),
    (
        "tuleap-",
        "/issues/*/fields/description",
        "recorded by version 2, where texts are wiki text",
    ),
    (
        "tuleap-",
        "/issues/*/fields/reporter/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "tuleap-",
        "/issues/*/fields/creator/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "tuleap-",
        "/issues/*/fields/assignee/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "",
        "/issues/*/fields/issuelinks/*",
        "nothing is linked in the invented company",
    ),
    (
        "jiracli-issue",
        "/fields/issuelinks/*",
        "nothing is linked in the invented company",
    ),
    (
        "",
        "/issues/*/fields/versions/*",
        "affected versions are empty in the invented company",
    ),
    (
        "tuleap-SBX-issue",
        "/fields/versions/*",
        "affected versions are empty in the invented company",
    ),
    (
        "",
        "/issues/*/fields/project/projectCategory",
        "the invented company has no project categories",
    ),
    (
        "tuleap-SBX-issue",
        "/fields/project/projectCategory",
        "the invented company has no project categories",
    ),
    (
        "gojira-all_projects",
        "/*/projectCategory",
        "the invented company has no project categories",
    ),
    (
        "tuleap-DI-project",
        "/components/*",
        "the invented company has no components",
    ),
    (
        "devlake_raw_jira_api_projects",
        "/entityId",
        "of team-managed projects, in no document",
    ),
    (
        "devlake_raw_jira_api_projects",
        "/uuid",
        "of team-managed projects only",
    ),
    (
        "gojira-all_fields",
        "/*/key",
        "fields of Data Center have no key: the recording is of Cloud",
    ),
    (
        "gojira-all_boards",
        "/values/*/location",
        "often missing on Data Center",
    ),
    (
        "devlake_raw_jira_api_issue_changelogs",
        "",
        "nothing was ever changed in the invented company; the tests of writes hold the shape of a history",
    ),
    (
        "",
        "/changelog/histories/*",
        "nothing was ever changed in the invented company; the tests of writes hold the shape of a history",
    ),
    (
        "tuleap-",
        "/values/*",
        "nothing was ever changed in the invented company; the tests of writes hold the shape of a history",
    ),
    (
        "",
        "/fields/comment/comments/*",
        "nobody has commented in the invented company; the tests of writes hold the shape of a comment",
    ),
    (
        "",
        "/issues/*/fields/comment/comments/*",
        "nobody has commented in the invented company; the tests of writes hold the shape of a comment",
    ),
    (
        "",
        "/comments/*",
        "nobody has commented in the invented company; the tests of writes hold the shape of a comment",
    ),
    (
        "",
        "/worklogs/*",
        "nobody has logged work in the invented company",
    ),
    (
        "",
        "/issues/*/fields/worklog/worklogs/*",
        "nobody has logged work in the invented company",
    ),
    (
        "",
        "/fields/aggregateprogress/percent",
        "nobody has logged work in the invented company",
    ),
    (
        "",
        "/issues/*/fields/aggregateprogress/percent",
        "nobody has logged work in the invented company",
    ),
    (
        "",
        "/issues/*/fields/progress/percent",
        "nobody has logged work in the invented company",
    ),
    (
        "",
        "/issues/*/fields/timetracking/*",
        "nobody has logged work in the invented company",
    ),
    (
        "",
        "/issues/*/renderedFields/timetracking/*",
        "nobody has logged work in the invented company",
    ),
    (
        "",
        "/issues/*/fields/attachment/*",
        "nothing is attached in the invented company; the tests of writes hold the shape of a file",
    ),
    (
        "",
        "/issues/*/renderedFields/attachment/*",
        "nothing is attached in the invented company; the tests of writes hold the shape of a file",
    ),
    (
        "",
        "/issues/*/renderedFields/comment/*",
        "only rich fields of the issue itself are rendered",
    ),
    (
        "",
        "/issues/*/renderedFields/worklog/*",
        "only rich fields of the issue itself are rendered",
    ),
    (
        "",
        "/issues/*/fields/components/*",
        "the invented company has no components",
    ),
    (
        "gojira-",
        "/*/favouritedCount",
        "a field of Cloud: these hand-made files mix both deployments",
    ),
    (
        "gojira-",
        "/*/owner/accountId",
        "a field of Cloud: these hand-made files mix both deployments",
    ),
    (
        "gojira-filter",
        "/favouritedCount",
        "a field of Cloud: these hand-made files mix both deployments",
    ),
    (
        "gojira-filter",
        "/owner/accountId",
        "a field of Cloud: these hand-made files mix both deployments",
    ),
    (
        "gojira-",
        "/*/sharePermissions/*",
        "no filter is shared in the invented company",
    ),
    (
        "gojira-",
        "/values/*/sharePermissions/*",
        "no filter is shared in the invented company",
    ),
    (
        "gojira-search_filters",
        "/values/*/subscriptions/*",
        "nobody subscribes to a filter in the invented company",
    ),
    (
        "gojira-search_filters",
        "/values/*/owner/key",
        "a field of Data Center: these hand-made files mix both deployments",
    ),
    (
        "gojira-search_filters",
        "/values/*/owner/name",
        "a field of Data Center: these hand-made files mix both deployments",
    ),
    (
        "jiracli-users",
        "/*/name",
        "user names are gone from Cloud since 2019",
    ),
    (
        "mm-cloud-",
        "/issue_types_with_statuses",
        "added by the plugin that kept the file",
    ),
    (
        "mm-cloud-",
        "/projects/*/issuetypes/*/iconurl",
        "written by the plugin that kept the file",
    ),
    (
        "",
        "/projects/*/issuetypes/*/fields/*/autoCompleteUrl",
        "the sandbox's create screens name their values and complete none",
    ),
    (
        "",
        "/issues/*/editmeta/fields/*/autoCompleteUrl",
        "the sandbox's edit screens name their values and complete none",
    ),
    (
        "",
        "/projects/*/issuetypes/*/fields/*/allowedValues/*/*",
        "of the project as an allowed value, which is shown by id, key and name",
    ),
    (
        "",
        "/issues/*/editmeta/fields/*/allowedValues/*/*",
        "of the project as an allowed value, which an edit screen does not have",
    ),
];

/// Recordings that are compared elsewhere or are no answer of a live Jira.
pub(super) const ELSEWHERE: &[(&str, &str)] = &[
    (
        "jiracli-create.json",
        "the answer to a create: the tests of writes hold id, key and self",
    ),
    (
        "gojira-all_issuelinktypes",
        "hand-made: an array, where Jira answers an object with issueLinkTypes",
    ),
    (
        "mm-server-get-create-issue",
        "the combined create metadata, which Data Center dropped with 9.0",
    ),
    (
        "tuleap-SBX-issue_createmeta",
        "the combined create metadata, which Data Center dropped with 9.0",
    ),
    (
        "tuleap-TimestampConflicts",
        "the same answers as tuleap-SBX with other times",
    ),
];
