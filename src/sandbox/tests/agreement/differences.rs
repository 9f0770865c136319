//! What is different from the recordings on purpose, each with its reason.

use super::Difference;

/// What is different on purpose.
pub(super) const DIFFERENCES: &[Difference] = &[
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
        "/projects/*/issuetypes/*/fields/*/allowedValues/*/*",
        "of the project as an allowed value, which is shown by id, key and name",
    ),
    (
        "",
        "/issues/*/editmeta/fields/*/allowedValues/*/*",
        "of the project as an allowed value, which an edit screen does not have",
    ),
    (
        "devlake_raw_jira_api_issue_changelogs",
        "/author/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "tuleap-",
        "/values/*/author/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "tuleap-",
        "/comments/*/author/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "tuleap-",
        "/comments/*/updateAuthor/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "tuleap-",
        "/worklogs/*/author/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "tuleap-",
        "/worklogs/*/updateAuthor/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "tuleap-",
        "/issues/*/fields/attachment/*/author/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "",
        "/issues/*/fields/attachment/*/thumbnail",
        "of pictures; the invented company attaches logs",
    ),
    (
        "perceval-jira_comments",
        "/comments/*/author/key",
        "user names are gone from Cloud since 2019",
    ),
    (
        "perceval-jira_comments",
        "/comments/*/author/name",
        "user names are gone from Cloud since 2019",
    ),
    (
        "perceval-jira_comments",
        "/comments/*/updateAuthor/key",
        "user names are gone from Cloud since 2019",
    ),
    (
        "perceval-jira_comments",
        "/comments/*/updateAuthor/name",
        "user names are gone from Cloud since 2019",
    ),
    (
        "tuleap-",
        "/issues/*/fields/comment/comments/*/author/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "tuleap-",
        "/issues/*/fields/comment/comments/*/updateAuthor/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "tuleap-",
        "/issues/*/fields/worklog/worklogs/*/author/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "tuleap-",
        "/issues/*/fields/worklog/worklogs/*/updateAuthor/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "tuleap-",
        "/issues/*/renderedFields/attachment/*/author/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "tuleap-",
        "/issues/*/renderedFields/attachment/*/thumbnail",
        "of pictures; the invented company attaches logs",
    ),
    (
        "tuleap-",
        "/issues/*/renderedFields/comment/comments/*/author/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "tuleap-",
        "/issues/*/renderedFields/comment/comments/*/updateAuthor/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "tuleap-",
        "/issues/*/renderedFields/worklog/worklogs/*/author/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "tuleap-",
        "/issues/*/renderedFields/worklog/worklogs/*/updateAuthor/emailAddress",
        "hidden by the profile of most people on Cloud",
    ),
    (
        "gojira-",
        "/*/sharePermissions/*/project/projectCategory",
        "no project of the invented company has a category",
    ),
    (
        "gojira-",
        "/values/*/sharePermissions/*/project/projectCategory",
        "no project of the invented company has a category",
    ),
    (
        "gojira-",
        "/*/sharePermissions/*/project/simplified",
        "a field of Cloud: these hand-made files mix both deployments",
    ),
    (
        "gojira-",
        "/*/sharePermissions/*/project/style",
        "a field of Cloud: these hand-made files mix both deployments",
    ),
    (
        "tuleap-",
        "/issues/*/fields/comment/comments/*/body",
        "recorded by version 2, where texts are wiki text",
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
