//! What the vendor's documents have wrong, each with the reason, and paths they leave out.
//!
//! Keep it narrow: one operation (or `*`), one place, one text. A line that no exchange of a whole run
//! needed fails the judge, so that the list does not outlive its reasons.

use std::collections::BTreeSet;

use super::{
    Extent,
    document::{Kind, fits},
};

struct Allowed {
    kind: Kind,
    /// `GET /rest/api/3/...`, or `*` for all operations.
    operation: &'static str,
    /// 0 for any.
    status: u64,
    /// Place as the judge prints it; a `*` at its end stands for anything.
    pointer: &'static str,
    /// Beginning of what the judge says.
    text: &'static str,
    reason: &'static str,
}

const LIST: &[Allowed] = &[
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/api/3/field",
        status: 200,
        pointer: "/*",
        text: "unexpected untranslatedName",
        reason: "custom fields of real sites carry it",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/api/3/issue/createmeta",
        status: 200,
        pointer: "/projects/*/issuetypes/*",
        text: "unexpected untranslatedName",
        reason: "recorded in answers of real sites",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/api/3/serverInfo",
        status: 200,
        pointer: "",
        text: "unexpected defaultLocale",
        reason: "real sites tell it and clients read it",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/api/3/myself",
        status: 403,
        pointer: "/",
        text: "status is not documented",
        reason: "a bare Bearer token on the site's own address is answered so by the filter before the API",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/api/3/search",
        status: 410,
        pointer: "/",
        text: "status is not documented",
        reason: "the resource was removed after the document was written",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "GET /rest/api/2/filter/favourite",
        status: 200,
        pointer: "",
        text: "type is not",
        reason: "the document shows one element of the list",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/api/3/issuetype",
        status: 200,
        pointer: "/*",
        text: "unexpected untranslatedName",
        reason: "real sites carry it, see the recorded answers",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/api/3/issuetype/{id}",
        status: 200,
        pointer: "",
        text: "unexpected untranslatedName",
        reason: "real sites carry it, see the recorded answers",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/agile/1.0/board/{boardId}/configuration",
        status: 200,
        pointer: "/location",
        text: "unexpected",
        reason: "real boards show the whole project, and so does the document's own example",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "GET /rest/api/2/issue/{issueIdOrKey}/transitions",
        status: 200,
        pointer: "query/expand",
        text: "unknown",
        reason: "described in the words of the operation: the fields of a transition's screen",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "GET /rest/api/2/issue/{issueIdOrKey}",
        status: 0,
        pointer: "query/projectKeys",
        text: "unknown",
        reason: "of the combined create metadata of versions before 9, whose path the document takes for an issue's",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "GET /rest/api/2/issue/{issueIdOrKey}",
        status: 0,
        pointer: "query/issuetypeNames",
        text: "unknown",
        reason: "of the combined create metadata of versions before 9, whose path the document takes for an issue's",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "*",
        status: 429,
        pointer: "/",
        text: "status is not documented",
        reason: "the documents leave rate limits out",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "*",
        status: 429,
        pointer: "/",
        text: "status is not documented",
        reason: "the documents leave rate limits out",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "GET /rest/api/2/myself",
        status: 403,
        pointer: "/",
        text: "status is not documented",
        reason: "a sign-in denied by a CAPTCHA is answered before the resource",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "DELETE /rest/api/2/issue/{issueIdOrKey}/comment/{id}",
        status: 404,
        pointer: "/",
        text: "status is not documented",
        reason: "what the caller may not see does not exist; the document lists no status for that",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "PUT /rest/api/2/issue/{issueIdOrKey}",
        status: 404,
        pointer: "/",
        text: "status is not documented",
        reason: "what the caller may not see does not exist; the document lists no status for that",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "POST /rest/api/2/version",
        status: 404,
        pointer: "/",
        text: "status is not documented",
        reason: "what the caller may not see does not exist; the document lists no status for that",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "GET /rest/api/2/issue/{issueIdOrKey}/properties/{propertyKey}",
        status: 200,
        pointer: "/value",
        text: "type is not",
        reason: "a property holds any JSON",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "PUT /rest/api/2/issue/{issueIdOrKey}/properties/{propertyKey}",
        status: 0,
        pointer: "request",
        text: "type is not",
        reason: "a property holds any JSON",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "POST /rest/api/2/issue",
        status: 201,
        pointer: "request/properties/*",
        text: "type is not",
        reason: "a property holds any JSON",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "GET /rest/api/2/issue/{issueIdOrKey}/remotelink",
        status: 200,
        pointer: "",
        text: "type is not",
        reason: "with globalId it is one link, not a list",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "POST /rest/api/2/issue",
        status: 201,
        pointer: "request/fields/*",
        text: "type is not",
        reason: "the document declares every field of an issue as an object",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "POST /rest/api/2/issue/bulk",
        status: 201,
        pointer: "request/issueUpdates/*",
        text: "type is not",
        reason: "the document declares every field of an issue as an object",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "PUT /rest/api/2/issue/{issueIdOrKey}",
        status: 204,
        pointer: "request/fields/*",
        text: "type is not",
        reason: "the document declares every field of an issue as an object",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "POST /rest/api/2/issue/{issueIdOrKey}/attachments",
        status: 200,
        pointer: "",
        text: "type is not",
        reason: "the document shows one element of the list",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "POST /rest/api/2/issue/{issueIdOrKey}/remotelink",
        status: 201,
        pointer: "/",
        text: "status is not documented",
        reason: "a new link is 201, an updated one 200",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/api/3/issue/{issueIdOrKey}",
        status: 200,
        pointer: "/changelog/histories/*",
        text: "type is not",
        reason: "both sides of a change are null when there was nothing, see the recorded answers",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "POST /rest/api/3/issue/{issueIdOrKey}/transitions",
        status: 204,
        pointer: "request/transition/id",
        text: "type is not",
        reason: "clients send the id as a number and Jira takes it",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "POST /rest/api/3/issueLink",
        status: 201,
        pointer: "request/comment",
        text: "type is not",
        reason: "clients send null for no comment and Jira takes it",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "GET /rest/api/2/issue/{issueIdOrKey}",
        status: 200,
        pointer: "/changelog/histories/*",
        text: "type is not",
        reason: "both sides of a change are null when there was nothing, see the recorded answers",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "POST /rest/api/2/issue/{issueIdOrKey}/transitions",
        status: 204,
        pointer: "request/transition/id",
        text: "type is not",
        reason: "clients send the id as a number and Jira takes it",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "POST /rest/api/2/issueLink",
        status: 201,
        pointer: "request/comment",
        text: "type is not",
        reason: "clients send null for no comment and Jira takes it",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/api/3/search/jql",
        status: 200,
        pointer: "/issues/*/changelog/*",
        text: "type is not",
        reason: "both sides of a change are null when there was nothing, see the recorded answers",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "POST /rest/api/3/search/jql",
        status: 200,
        pointer: "/issues/*/changelog/*",
        text: "type is not",
        reason: "both sides of a change are null when there was nothing, see the recorded answers",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/api/3/issue/{issueIdOrKey}/changelog",
        status: 200,
        pointer: "/values/*",
        text: "type is not",
        reason: "both sides of a change are null when there was nothing, see the recorded answers",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "GET /rest/api/2/search",
        status: 200,
        pointer: "/issues/*/changelog/*",
        text: "type is not",
        reason: "both sides of a change are null when there was nothing, see the recorded answers",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/api/3/issue/{issueIdOrKey}",
        status: 200,
        pointer: "/changelog/histories/*",
        text: "unexpected tmpFromAccountId",
        reason: "whoever had the issue before and after is told by these, see the recorded answers",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/api/3/issue/{issueIdOrKey}/changelog",
        status: 200,
        pointer: "/values/*",
        text: "unexpected tmpFromAccountId",
        reason: "whoever had the issue before and after is told by these, see the recorded answers",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/api/3/search/jql",
        status: 200,
        pointer: "/issues/*/changelog/*",
        text: "unexpected tmpFromAccountId",
        reason: "whoever had the issue before and after is told by these, see the recorded answers",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "POST /rest/api/3/search/jql",
        status: 200,
        pointer: "/issues/*/changelog/*",
        text: "unexpected tmpFromAccountId",
        reason: "whoever had the issue before and after is told by these, see the recorded answers",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/agile/1.0/board/{boardId}/issue",
        status: 200,
        pointer: "/issues/*/changelog/*",
        text: "unexpected tmpFromAccountId",
        reason: "whoever had the issue before and after is told by these, see the recorded answers",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/agile/1.0/board/{boardId}/issue",
        status: 200,
        pointer: "/issues/*/changelog/*",
        text: "type is not",
        reason: "both sides of a change are null when there was nothing, see the recorded answers",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "POST /rest/api/3/bulk/issues/move",
        status: 201,
        pointer: "request*",
        text: "missing",
        reason: "the document demands names that its own properties and examples do not have",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "POST /rest/api/2/component",
        status: 400,
        pointer: "/",
        text: "status is not documented",
        reason: "a name that is taken is a bad request",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "POST /rest/api/2/issue/{issueIdOrKey}/votes",
        status: 204,
        pointer: "/",
        text: "status is not documented",
        reason: "a vote has no answer",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/api/3/serverInfo",
        status: 200,
        pointer: "query/doHealthCheck",
        text: "unknown",
        reason: "a client library sends it to both deployments; Jira passes over parameters that it does not know",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "GET /rest/api/2/serverInfo",
        status: 200,
        pointer: "query/doHealthCheck",
        text: "unknown",
        reason: "a client library sends it to both deployments; Jira passes over parameters that it does not know",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/api/3/user/search",
        status: 200,
        pointer: "query/includeActive",
        text: "unknown",
        reason: "a client library sends it to both deployments; Jira passes over parameters that it does not know",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "GET /rest/api/3/user/search",
        status: 200,
        pointer: "query/includeInactive",
        text: "unknown",
        reason: "a client library sends it to both deployments; Jira passes over parameters that it does not know",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "GET /rest/api/2/mypermissions",
        status: 200,
        pointer: "query/permissions",
        text: "unknown",
        reason: "a client library sends it to both deployments; Jira passes over parameters that it does not know",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "GET /rest/api/2/resolution",
        status: 200,
        pointer: "query/maxResults",
        text: "unknown",
        reason: "a client library sends it to both deployments; Jira passes over parameters that it does not know",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "GET /rest/api/2/resolution",
        status: 200,
        pointer: "query/startAt",
        text: "unknown",
        reason: "a client library sends it to both deployments; Jira passes over parameters that it does not know",
    },
    Allowed {
        kind: Kind::Cloud,
        operation: "DELETE /rest/api/3/issue/{issueIdOrKey}/worklog/{id}",
        status: 400,
        pointer: "query/reduceBy",
        text: "unknown",
        reason: "a test sends what the other verb reads, to see that it is passed over",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "DELETE /rest/api/2/issue/{issueIdOrKey}/worklog/{id}",
        status: 400,
        pointer: "query/reduceBy",
        text: "unknown",
        reason: "a test sends what the other verb reads, to see that it is passed over",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "DELETE /rest/api/2/issue/{issueIdOrKey}/worklog/{id}",
        status: 404,
        pointer: "/",
        text: "status is not documented",
        reason: "what is not there, or not for the caller's eyes, is not found",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "PUT /rest/api/2/issue/{issueIdOrKey}/comment/{id}",
        status: 404,
        pointer: "/",
        text: "status is not documented",
        reason: "what is not there, or not for the caller's eyes, is not found",
    },
    Allowed {
        kind: Kind::DataCenter,
        operation: "PUT /rest/api/2/issue/{issueIdOrKey}/worklog/{id}",
        status: 404,
        pointer: "/",
        text: "status is not documented",
        reason: "what is not there, or not for the caller's eyes, is not found",
    },
];

/// Operations that real Jiras serve and no document names: deployment, methods, path, reason.
const UNDOCUMENTED: &[(&str, &[&str], &str, &str)] = &[
    (
        "cloud",
        &["GET"],
        "/_edge/tenant_info",
        "the cloud id of a site, used by every client with scoped tokens",
    ),
    (
        "cloud",
        &["GET"],
        "/file/{id}/binary",
        "where the redirect of an attachment leads; a real site keeps the bytes at another address",
    ),
    (
        "cloud",
        &["GET", "POST"],
        "/rest/webhooks/1.0/webhook",
        "webhooks that administrators register; the documents describe those of apps only",
    ),
    (
        "cloud",
        &["GET", "PUT", "DELETE"],
        "/rest/webhooks/1.0/webhook/{id}",
        "webhooks that administrators register; the documents describe those of apps only",
    ),
    (
        "data_center",
        &["GET", "POST"],
        "/rest/jira-webhook/1.0/webhooks",
        "webhooks since 10, described in the product's own pages only",
    ),
    (
        "data_center",
        &["GET", "PUT", "DELETE"],
        "/rest/jira-webhook/1.0/webhooks/{id}",
        "webhooks since 10, described in the product's own pages only",
    ),
    (
        "data_center",
        &["GET", "POST"],
        "/rest/webhooks/1.0/webhook",
        "webhooks before 10, described in the product's own pages only",
    ),
    (
        "data_center",
        &["GET", "PUT", "DELETE"],
        "/rest/webhooks/1.0/webhook/{id}",
        "webhooks before 10, described in the product's own pages only",
    ),
    (
        "data_center",
        &["GET"],
        "/rest/pat/latest/tokens",
        "the caller's personal access tokens, a resource of a bundled app",
    ),
    (
        "data_center",
        &["DELETE"],
        "/rest/api/2/version/{id}",
        "a release without further words is still deleted by DELETE, which the document has left out",
    ),
    (
        "data_center",
        &["GET"],
        "/rest/api/2/issue/createmeta",
        "the combined create metadata of versions before 9, which have no document",
    ),
];

/// The line of the list that allows this finding.
pub fn find(kind: Kind, operation: &str, status: u64, pointer: &str, text: &str) -> Option<usize> {
    LIST.iter().position(|line| {
        line.kind == kind
            && (line.operation == "*" || line.operation == operation)
            && (line.status == 0 || line.status == status)
            && match line.pointer.strip_suffix('*') {
                Some(start) => pointer.starts_with(start),
                None => line.pointer == pointer,
            }
            && text.starts_with(line.text)
    })
}

/// Whether an operation without a document is known to exist.
pub fn is_undocumented(deployment: &str, method: &str, path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').collect();
    UNDOCUMENTED.iter().any(|(own, methods, template, _reason)| {
        *own == deployment && methods.contains(&method) && fits(template, &segments)
    })
}

/// Lines that nothing needed; of some tests only those whose operation was judged.
pub fn list_needless(used: &BTreeSet<usize>, operations: &BTreeSet<String>, extent: Extent) -> Vec<String> {
    LIST.iter()
        .enumerate()
        .filter(|(index, _)| !used.contains(index))
        .filter(|(_, line)| {
            extent == Extent::Whole || operations.iter().any(|name| name.ends_with(line.operation))
        })
        .map(|(_, line)| {
            format!(
                "{} {} {} ({})",
                line.operation, line.pointer, line.text, line.reason
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_undocumented_operation_is_one_method_of_one_path() {
        let known = |method: &str, path: &str| is_undocumented("data_center", method, path);
        assert!(known("DELETE", "/rest/api/2/version/10300"));
        assert!(
            !known("GET", "/rest/api/2/version/10300/secret"),
            "a path below it"
        );
        assert!(!known("POST", "/rest/api/2/version/10300"), "another method");
        assert!(!is_undocumented("cloud", "DELETE", "/rest/api/2/version/10300"));
        assert!(known("GET", "/rest/pat/latest/tokens") && !known("GET", "/rest/pat/latest/tokens/1"));
    }
}
