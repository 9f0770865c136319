//! Every path with the methods it takes, to tell a wrong method from an unknown path.
//!
//! A path that is missing here answers 404 to a wrong method, as if it did not exist: keep it in step with
//! the tables of `table`, `agile` and `writes`. Whatever can be read answers HEAD as well.

use super::{has_search_window, writes::has_new_webhooks};
use crate::sandbox::world::World;

/// Which sites have a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum Where {
    Both,
    Cloud,
    DataCenter,
    /// Cloud, and Data Center before 10 or where it kept the path.
    OldWebhooks,
    /// Data Center from 10 on.
    NewWebhooks,
    /// Data Center from 11 on.
    SearchWindow,
}

use Where::{Both, Cloud, DataCenter, NewWebhooks, OldWebhooks, SearchWindow};

/// Sites, methods with commas between, and the path; `*` stands for any one part, `{api}` and `{agile}` for the
/// resource with its version. The first line that fits a path is its own.
pub(in crate::sandbox) const PATHS: &[(Where, &str, &str)] = &[
    (Cloud, "GET", "_edge/tenant_info"),
    (Cloud, "GET", "file/*/binary"),
    (Both, "GET", "browse/*"),
    (DataCenter, "GET", "secure/attachment/*/*"),
    (DataCenter, "GET", "secure/thumbnail/*/*"),
    (DataCenter, "GET", "rest/pat/1.0/tokens"),
    (DataCenter, "GET", "rest/pat/latest/tokens"),
    (OldWebhooks, "GET,POST", "rest/webhooks/1.0/webhook"),
    (OldWebhooks, "DELETE,GET,PUT", "rest/webhooks/1.0/webhook/*"),
    (NewWebhooks, "GET,POST", "rest/jira-webhook/1.0/webhooks"),
    (NewWebhooks, "DELETE,GET,PUT", "rest/jira-webhook/1.0/webhooks/*"),
    (NewWebhooks, "GET", "rest/jira-webhook/1.0/webhooks/*/latest"),
    (NewWebhooks, "GET", "rest/jira-webhook/1.0/webhooks/*/statistics"),
    (
        NewWebhooks,
        "GET",
        "rest/jira-webhook/1.0/webhooks/*/statistics/summary",
    ),
    (Both, "GET", "{api}/serverInfo"),
    (Both, "GET", "{api}/myself"),
    (Both, "GET", "{api}/mypermissions"),
    (Both, "GET", "{api}/permissions"),
    (Cloud, "POST", "{api}/permissions/check"),
    (Both, "GET", "{api}/configuration"),
    (Both, "GET,POST", "{api}/search"),
    (Cloud, "GET,POST", "{api}/search/jql"),
    (Cloud, "POST", "{api}/search/approximate-count"),
    (SearchWindow, "GET", "{api}/searchLimits/maxResultWindow"),
    (Cloud, "POST", "{api}/jql/parse"),
    (Both, "GET", "{api}/jql/autocompletedata"),
    (Cloud, "POST", "{api}/changelog/bulkfetch"),
    (Both, "POST", "{api}/version"),
    (Both, "DELETE,GET,PUT", "{api}/version/*"),
    (Both, "POST", "{api}/version/*/move"),
    (Both, "PUT", "{api}/version/*/mergeto/*"),
    (Both, "POST", "{api}/version/*/removeAndSwap"),
    (Both, "GET", "{api}/version/*/relatedIssueCounts"),
    (Both, "GET", "{api}/version/*/unresolvedIssueCount"),
    (Both, "GET", "{api}/issuetype"),
    (Both, "GET", "{api}/issuetype/*"),
    (Both, "GET", "{api}/status"),
    (Both, "GET", "{api}/status/*"),
    (Cloud, "GET", "{api}/statuses/search"),
    (Both, "GET", "{api}/statuscategory"),
    (Both, "GET", "{api}/statuscategory/*"),
    (Both, "GET", "{api}/priority"),
    (Both, "GET", "{api}/priority/*"),
    (Both, "GET", "{api}/resolution"),
    (Both, "GET", "{api}/resolution/*"),
    (Both, "GET", "{api}/field"),
    (Cloud, "GET", "{api}/field/search"),
    (Cloud, "GET", "{api}/field/*/context"),
    (Cloud, "GET", "{api}/field/*/context/*/option"),
    (Both, "GET", "{api}/customFieldOption/*"),
    (DataCenter, "GET", "{api}/customFields"),
    (Cloud, "GET", "{api}/label"),
    (Both, "GET", "{api}/filter/*"),
    (Both, "GET", "{api}/role"),
    (Both, "GET", "{api}/role/*"),
    (Both, "GET", "{api}/permissionscheme"),
    (Both, "GET", "{api}/permissionscheme/*"),
    (Both, "POST", "{api}/component"),
    (Both, "DELETE,GET,PUT", "{api}/component/*"),
    (Both, "GET", "{api}/component/*/relatedIssueCounts"),
    (Cloud, "GET", "{api}/priorityscheme"),
    (Cloud, "GET", "{api}/priorityscheme/*/priorities"),
    (Cloud, "GET", "{api}/priorityscheme/*/projects"),
    (Both, "GET", "{api}/dashboard"),
    (Both, "GET", "{api}/dashboard/*"),
    (Both, "GET", "{api}/project"),
    (Cloud, "GET", "{api}/project/search"),
    (Both, "GET", "{api}/project/type"),
    (Both, "DELETE,GET,PUT", "{api}/project/*"),
    (Both, "GET", "{api}/project/*/statuses"),
    (Both, "GET", "{api}/project/*/versions"),
    (Both, "GET", "{api}/project/*/version"),
    (Both, "GET", "{api}/project/*/components"),
    (Cloud, "GET", "{api}/project/*/component"),
    (Both, "GET", "{api}/project/*/role"),
    (Both, "GET", "{api}/project/*/role/*"),
    (Cloud, "GET", "{api}/project/*/roledetails"),
    (Both, "GET", "{api}/project/*/securitylevel"),
    (DataCenter, "GET", "{api}/project/*/priorityscheme"),
    (Cloud, "POST", "{api}/project/*/archive"),
    (Cloud, "POST", "{api}/project/*/restore"),
    (DataCenter, "PUT", "{api}/project/*/archive"),
    (DataCenter, "PUT", "{api}/project/*/restore"),
    (Both, "POST", "{api}/issue"),
    (Both, "POST", "{api}/issue/bulk"),
    (Cloud, "POST", "{api}/issue/bulkfetch"),
    (Both, "GET", "{api}/issue/createmeta"),
    (Both, "GET", "{api}/issue/createmeta/*/issuetypes"),
    (Both, "GET", "{api}/issue/createmeta/*/issuetypes/*"),
    (Both, "GET", "{api}/issue/picker"),
    (Both, "DELETE,GET,PUT", "{api}/issue/*"),
    (Both, "PUT", "{api}/issue/*/assignee"),
    (Both, "GET", "{api}/issue/*/editmeta"),
    (Cloud, "GET", "{api}/issue/*/changelog"),
    (Cloud, "POST", "{api}/issue/*/changelog/list"),
    (Both, "GET,POST", "{api}/issue/*/comment"),
    (Both, "DELETE,GET,PUT", "{api}/issue/*/comment/*"),
    (Both, "GET,POST", "{api}/issue/*/worklog"),
    (Both, "DELETE,GET,PUT", "{api}/issue/*/worklog/*"),
    (Both, "DELETE,GET,POST", "{api}/issue/*/watchers"),
    (Both, "DELETE,GET,POST", "{api}/issue/*/votes"),
    (Both, "GET,POST", "{api}/issue/*/transitions"),
    (Both, "POST", "{api}/issue/*/attachments"),
    (Both, "DELETE,GET,POST", "{api}/issue/*/remotelink"),
    (Both, "DELETE,GET,PUT", "{api}/issue/*/remotelink/*"),
    (Both, "GET", "{api}/issue/*/properties"),
    (Both, "DELETE,GET,PUT", "{api}/issue/*/properties/*"),
    (Both, "GET", "{api}/issueLinkType"),
    (Both, "GET", "{api}/issueLinkType/*"),
    (Both, "POST", "{api}/issueLink"),
    (Both, "DELETE,GET", "{api}/issueLink/*"),
    (Both, "GET", "{api}/attachment/meta"),
    (Both, "DELETE,GET", "{api}/attachment/*"),
    (Cloud, "GET", "{api}/attachment/content/*"),
    (Cloud, "GET", "{api}/attachment/thumbnail/*"),
    (Cloud, "POST", "{api}/bulk/issues/move"),
    (Cloud, "GET", "{api}/bulk/queue/*"),
    (Cloud, "DELETE,GET,POST", "{api}/webhook"),
    (Cloud, "GET", "{api}/webhook/failed"),
    (Cloud, "PUT", "{api}/webhook/refresh"),
    (Both, "GET", "{api}/user"),
    (Both, "GET", "{api}/user/search"),
    (Cloud, "GET", "{api}/user/bulk"),
    (Both, "GET", "{api}/user/picker"),
    (Both, "GET", "{api}/user/assignable/search"),
    (Both, "GET", "{api}/user/assignable/multiProjectSearch"),
    (Cloud, "GET", "{api}/users"),
    (Cloud, "GET", "{api}/users/search"),
    (Both, "GET", "{api}/groups/picker"),
    (Both, "GET", "{api}/group/member"),
    (Both, "GET", "{agile}/board"),
    (Both, "GET", "{agile}/board/*"),
    (Both, "GET", "{agile}/board/*/sprint"),
    (Both, "GET", "{agile}/board/*/configuration"),
    (Both, "GET", "{agile}/board/*/version"),
    (Both, "GET", "{agile}/board/*/project"),
    (Both, "GET", "{agile}/board/*/epic"),
    (Cloud, "GET,POST", "{agile}/board/*/issue"),
    (DataCenter, "GET", "{agile}/board/*/issue"),
    (Both, "GET", "{agile}/board/*/backlog"),
    (Both, "GET", "{agile}/board/*/epic/*/issue"),
    (Both, "GET", "{agile}/board/*/sprint/*/issue"),
    (Both, "POST", "{agile}/sprint"),
    (Both, "DELETE,GET,POST,PUT", "{agile}/sprint/*"),
    (Both, "GET,POST", "{agile}/sprint/*/issue"),
    (Both, "POST", "{agile}/sprint/*/swap"),
    (Both, "GET", "{agile}/epic/*"),
    (Both, "GET,POST", "{agile}/epic/*/issue"),
    (Both, "PUT", "{agile}/issue/rank"),
    (Both, "GET", "{agile}/issue/*"),
    (Both, "POST", "{agile}/backlog/issue"),
    (Both, "POST", "{agile}/backlog/*/issue"),
];

fn has(world: &World, place: Where) -> bool {
    match place {
        Both => true,
        Cloud => world.is_cloud(),
        DataCenter => !world.is_cloud(),
        OldWebhooks => !has_new_webhooks(world),
        NewWebhooks => has_new_webhooks(world),
        SearchWindow => has_search_window(world),
    }
}

/// Methods that a path takes, with commas between; `None` for a path that is not known.
pub(super) fn find(world: &World, segments: &[&str]) -> Option<&'static str> {
    let (head, rest) = match segments {
        ["rest", "api", "3", rest @ ..] if world.is_cloud() => ("{api}", rest),
        ["rest", "api", "2" | "latest", rest @ ..] => ("{api}", rest),
        ["rest", "agile", "1.0" | "latest", rest @ ..] => ("{agile}", rest),
        _ => ("", segments),
    };
    let found = PATHS.iter().find(|(place, _, template)| {
        let mut parts = template.split('/');
        (head.is_empty() || parts.next() == Some(head))
            && rest
                .iter()
                .all(|segment| parts.next().is_some_and(|part| part == "*" || part == *segment))
            && parts.next().is_none()
            && has(world, *place)
    });
    found.map(|(_, methods, _)| *methods)
}
