//! The table of the platform's paths, version 2 and 3.

use super::{
    Call, components, configured, createmeta, issues, lists, lookup, not_found, parts, people, platform,
    projects, queries, rights, schemes, search, shelves,
};
use crate::sandbox::answer::Answer;

pub(super) fn route_platform(call: &Call<'_>, rest: &[&str]) -> Answer {
    let found = match rest {
        ["project", below @ ..] => route_project(call, below),
        ["issue", below @ ..] => route_issue(call, below),
        ["user" | "users" | "group" | "groups", ..] => route_people(call, rest),
        _ => route_site(call, rest).or_else(|| route_list(call, rest)),
    };
    found.unwrap_or_else(not_found)
}

fn route_site(call: &Call<'_>, rest: &[&str]) -> Option<Answer> {
    let cloud = call.world.is_cloud();
    let answer = match (call.method, rest) {
        ("GET", ["serverInfo"]) => platform::server_info(call),
        ("GET", ["myself"]) => platform::myself(call),
        ("GET", ["mypermissions"]) => platform::my_permissions(call),
        ("GET", ["permissions"]) => rights::list(call),
        ("POST", ["permissions", "check"]) if cloud => rights::check(call),
        ("GET", ["configuration"]) => lookup::configuration(call),
        ("GET" | "POST", ["search", "jql"]) if cloud => search::by_token(call),
        ("POST", ["search", "approximate-count"]) if cloud => search::count(call),
        ("GET" | "POST", ["search"]) if cloud => search::removed(),
        ("GET" | "POST", ["search"]) => search::by_offset(call),
        ("GET", ["searchLimits", "maxResultWindow"]) if call.max_result_window().is_some() => {
            lookup::max_result_window(call)
        }
        ("POST", ["jql", "parse"]) if cloud => queries::parse(call),
        ("GET", ["jql", "autocompletedata"]) => queries::autocomplete(call),
        ("POST", ["changelog", "bulkfetch"]) if cloud => parts::changelog_bulk(call),
        _ => return None,
    };
    Some(answer)
}

fn route_list(call: &Call<'_>, rest: &[&str]) -> Option<Answer> {
    let (world, cloud) = (call.world, call.world.is_cloud());
    if call.method != "GET" {
        return None;
    }
    let answer = match rest {
        ["version", id] => projects::version(call, id),
        ["issuetype"] => lists::issue_types(call),
        ["issuetype", "project"] if cloud => lists::project_issue_types(call),
        ["issuetype", "page"] if !cloud => lists::issue_type_page(call),
        ["issuetype", id] => lookup::one(call, &world.issue_types, id, false, "issue type"),
        ["status"] => lists::statuses(call),
        ["status", "page"] if !cloud => lookup::status_page(call),
        ["status", id] => lookup::one(call, &world.statuses, id, true, "status"),
        ["statuses", "search"] if cloud => lookup::status_search(call),
        ["statuscategory"] => lookup::categories(call),
        ["statuscategory", id] => lookup::category(call, id),
        ["priority"] => lists::priorities(call),
        ["priority", "search"] if cloud => lists::priority_page(call),
        ["priority", "page"] if !cloud => lists::priority_page(call),
        ["priority", id] => lookup::one(call, &world.priorities, id, false, "priority"),
        ["resolution"] => lists::resolutions(call),
        ["resolution", "search"] if cloud => lists::resolution_page(call),
        ["resolution", "page"] if !cloud => lists::resolution_page(call),
        ["resolution", id] => lookup::one(call, &world.resolutions, id, false, "resolution"),
        ["field"] => lists::fields(call),
        ["field", "search"] if cloud => lookup::field_search(call),
        ["customFields"] if !cloud => lookup::field_search(call),
        ["label"] if cloud => lookup::labels(call),
        ["filter", "my"] => shelves::filters(call, false),
        ["filter", "favourite"] => shelves::filters(call, true),
        ["filter", "search"] if cloud => shelves::filter_search(call),
        ["filter", id] => shelves::filter(call, id),
        ["role"] => schemes::roles(call, None),
        ["role", id] => schemes::roles(call, Some(id)),
        ["permissionscheme"] => schemes::permission_schemes(call, None),
        ["permissionscheme", id] => schemes::permission_schemes(call, Some(id)),
        ["component", id] => components::one(call, id, false),
        ["component", id, "relatedIssueCounts"] => components::one(call, id, true),
        ["priorityscheme"] if cloud => configured::priority_schemes(call),
        ["priorityscheme", id, part @ ("priorities" | "projects")] if cloud => {
            configured::scheme_part(call, id, part)
        }
        ["field", id, "context"] if cloud => configured::contexts(call, id),
        ["field", id, "context", context, "option"] if cloud => configured::options(call, id, context),
        ["customFieldOption", id] => configured::option(call, id),
        ["dashboard"] => shelves::dashboards(call),
        ["dashboard", "search"] if cloud => shelves::dashboard_search(call),
        ["dashboard", id] => shelves::dashboard(call, id),
        _ => return None,
    };
    Some(answer)
}

fn route_project(call: &Call<'_>, rest: &[&str]) -> Option<Answer> {
    let cloud = call.world.is_cloud();
    if call.method != "GET" {
        return None;
    }
    let answer = match rest {
        [] => projects::list(call),
        ["search"] if cloud => projects::search(call),
        ["type"] => lookup::project_types(call),
        [key] => projects::get(call, key),
        [key, "statuses"] => projects::statuses(call, key),
        [key, "versions"] => projects::versions(call, key),
        [key, "version"] => projects::version_page(call, key),
        [key, "components"] => components::all(call, key),
        [key, "component"] if cloud => components::page(call, key),
        [key, "role"] => schemes::project_roles(call, key),
        [key, "role", id] => schemes::project_role(call, key, id),
        [key, "roledetails"] if cloud => schemes::role_details(call, key),
        [key, "securitylevel"] => lookup::security_levels(call, key),
        [key, "priorityscheme"] if !cloud => projects::priority_scheme(call, key),
        _ => return None,
    };
    Some(answer)
}

fn route_issue(call: &Call<'_>, rest: &[&str]) -> Option<Answer> {
    let cloud = call.world.is_cloud();
    let answer = match (call.method, rest) {
        ("GET", ["createmeta"]) => createmeta::old(call),
        ("GET", ["createmeta", project, "issuetypes"]) => createmeta::types(call, project),
        ("GET", ["createmeta", project, "issuetypes", id]) => createmeta::fields(call, project, id),
        ("POST", ["bulkfetch"]) if cloud => issues::bulk_fetch(call),
        ("GET", ["picker"]) => issues::picker(call),
        ("GET", [key]) => issues::get(call, key),
        ("GET", [key, "editmeta"]) => issues::edit_meta(call, key),
        ("GET", [key, "changelog"]) if cloud => parts::changelog(call, key),
        ("POST", [key, "changelog", "list"]) if cloud => parts::changelog_list(call, key),
        ("GET", [key, "comment"]) => parts::comments(call, key),
        ("GET", [key, "comment", id]) => parts::comment(call, key, id),
        ("GET", [key, "worklog"]) => parts::worklogs(call, key),
        ("GET", [key, "worklog", id]) => parts::worklog(call, key, id),
        ("GET", [key, "watchers"]) => parts::watchers(call, key),
        ("GET", [key, "votes"]) => parts::votes(call, key),
        _ => return None,
    };
    Some(answer)
}

fn route_people(call: &Call<'_>, rest: &[&str]) -> Option<Answer> {
    let cloud = call.world.is_cloud();
    if call.method != "GET" {
        return None;
    }
    let answer = match rest {
        ["user"] => people::get(call),
        ["user", "search"] => people::search(call, false),
        ["users"] | ["users", "search"] if cloud => people::search(call, true),
        ["user", "bulk"] if cloud => people::bulk(call),
        ["user", "picker"] => people::picker(call),
        ["user", "assignable", "search" | "multiProjectSearch"] => people::assignable(call),
        ["groups", "picker"] => people::group_picker(call),
        ["group", "member"] => people::group_members(call),
        _ => return None,
    };
    Some(answer)
}
