//! People and groups: lists, pickers, one by id.
//!
//! Cloud names people by `accountId` and finds them with `query`; Data Center by user name or key and
//! finds them with `username`. The searches answer bare arrays with offset parameters.

use serde_json::{Value, json};

use super::{
    super::{
        accounts::Account,
        answer::{Answer, Window},
        auth,
        generate::{self, GROUPS, show_group},
        readers::belongs,
    },
    Call,
};

fn show(call: &Call<'_>, account: &Account) -> Value {
    let mut user = generate::show_user(call.world, account);
    let base = &call.world.base_url;
    if call.world.is_cloud() {
        user["self"] = Value::from(format!(
            "{base}/rest/api/{}/user?accountId={}",
            call.api, account.id
        ));
        user["emailAddress"] = Value::from(account.email.as_str());
    } else {
        user["deleted"] = Value::Bool(false);
        user["locale"] = Value::from("en_UK");
    }
    user
}

/// The caller or another person with everything `/user` and `/myself` tell.
pub(super) fn show_whole(call: &Call<'_>, account: &Account) -> Value {
    let mut user = show(call, account);
    if call.world.is_cloud() {
        user["locale"] = Value::from("en_US");
    }
    let expand = call.params.find_list("expand").unwrap_or_default();
    let groups: Vec<Value> = GROUPS
        .iter()
        .filter(|(name, _)| belongs(account, name))
        .filter_map(|(name, _)| show_group(call.world, call.api, name))
        .collect();
    let roles = json!([{"key": "jira-software", "name": "Jira Software"}]);
    let sized = |wanted: &str, items: Value, size: usize| {
        let shown = if expand.iter().any(|name| name == wanted) {
            items
        } else {
            json!([])
        };
        json!({"size": size, "items": shown})
    };
    user["groups"] = sized("groups", json!(groups), groups.len());
    user["applicationRoles"] = sized("applicationRoles", roles, 1);
    user["expand"] = Value::from("groups,applicationRoles");
    user
}

fn find<'a>(call: &'a Call<'_>) -> Option<&'a Account> {
    let asked = |name: &str| call.params.find(name);
    call.world.accounts.iter().find(|account| {
        if call.world.is_cloud() {
            asked("accountId") == Some(account.id.as_str())
        } else {
            asked("username") == Some(account.name.as_str()) || asked("key") == Some(account.id.as_str())
        }
    })
}

pub(super) fn get(call: &Call<'_>) -> Answer {
    if call.caller.is_none() {
        return auth::refuse();
    }
    match find(call) {
        Some(account) => Answer::ok(show_whole(call, account)),
        None => Answer::error(
            404,
            "Specified user does not exist or you do not have required permissions.",
        ),
    }
}

/// People whose name or email has a word that begins with the text; the empty text finds all.
fn matching<'a>(call: &'a Call<'_>) -> Vec<&'a Account> {
    let names = if call.world.is_cloud() {
        ["query", "accountId", "query"]
    } else {
        ["username", "query", "key"]
    };
    let text = names
        .iter()
        .find_map(|name| call.params.find(name))
        .unwrap_or_default()
        .to_lowercase();
    // A lone dot finds everybody on Data Center.
    let all = text.is_empty() || !call.world.is_cloud() && (text == "." || text == "%");
    let fits = |account: &Account| {
        let names = [&account.display_name, &account.email, &account.name, &account.id];
        all || names.iter().any(|name| {
            let name = name.to_lowercase();
            name.starts_with(&text) || name.split(' ').any(|word| word.starts_with(&text))
        })
    };
    call.world
        .accounts
        .iter()
        .filter(|account| fits(account))
        .collect()
}

fn page(call: &Call<'_>, found: Vec<&Account>) -> Answer {
    let start = call.params.number("startAt", 0);
    let most = call.params.number("maxResults", 50).min(1000);
    let shown = found.into_iter().skip(start).take(most);
    Answer::ok(shown.map(|account| show(call, account)).collect())
}

/// `/user/search`; everybody with `/users/search` and `/users` of Cloud.
pub(super) fn search(call: &Call<'_>, everybody: bool) -> Answer {
    if call.caller.is_none() {
        return auth::refuse();
    }
    let asked = ["query", "username", "accountId", "property"];
    if !everybody && asked.iter().all(|name| call.params.find(name).is_none()) {
        let message = if call.world.is_cloud() {
            "Either the query or the accountId or the property query parameter must be provided."
        } else {
            "The username query parameter was not provided"
        };
        return Answer::error(400, message);
    }
    let found = if everybody {
        call.world.accounts.iter().collect()
    } else {
        matching(call)
    };
    page(call, found)
}

/// Who may be assigned in a project or to an issue.
pub(super) fn assignable(call: &Call<'_>) -> Answer {
    if call.caller.is_none() {
        return auth::refuse();
    }
    let key = call
        .params
        .find("issueKey")
        .or_else(|| call.params.find("issueId"));
    let project = match (call.params.find("project"), key) {
        (Some(project), _) => call.find_project(project),
        (None, Some(key)) => call
            .world
            .find_issue(key)
            .and_then(|issue| call.find_project(&issue.project_id)),
        (None, None) => {
            return Answer::error(400, "Neither project nor issueKey was provided.");
        }
    };
    let Some(project) = project else {
        return Answer::error(404, "The project or issue does not exist or you may not see it.");
    };
    let mut found = matching(call);
    found.retain(|account| account.can("ASSIGNABLE_USER", Some(&project.key)));
    page(call, found)
}

/// Several people by id (Cloud).
pub(super) fn bulk(call: &Call<'_>) -> Answer {
    let wanted = call.params.find_list("accountId").unwrap_or_default();
    if wanted.is_empty() {
        return Answer::error(400, "The accountId query parameter is required.");
    }
    let found = call
        .world
        .accounts
        .iter()
        .filter(|account| wanted.contains(&account.id));
    let all = found.map(|account| show(call, account)).collect();
    Window::cut(all, &call.params, 10, 200).into_page_bean(&call.own_url(), &call.params)
}

/// `/user/picker`: what an input field offers.
pub(super) fn picker(call: &Call<'_>) -> Answer {
    if call.caller.is_none() {
        return auth::refuse();
    }
    let query = call.params.find("query").unwrap_or_default().to_lowercase();
    let found: Vec<&Account> = call
        .world
        .accounts
        .iter()
        .filter(|account| account.display_name.to_lowercase().contains(&query))
        .collect();
    let shown: Vec<Value> = found
        .iter()
        .take(call.params.number("maxResults", 50))
        .map(|account| {
            let mut entry = json!({"html": account.display_name, "displayName": account.display_name});
            if call.world.is_cloud() {
                entry["accountId"] = Value::from(account.id.as_str());
                entry["accountType"] = Value::from("atlassian");
            } else {
                entry["name"] = Value::from(account.name.as_str());
                entry["key"] = Value::from(account.id.as_str());
            }
            entry
        })
        .collect();
    let header = format!("Showing {} of {} matching users", shown.len(), found.len());
    Answer::ok(json!({"users": shown, "total": found.len(), "header": header}))
}

/// `/groups/picker`.
pub(super) fn group_picker(call: &Call<'_>) -> Answer {
    if call.caller.is_none() {
        return auth::refuse();
    }
    let query = call.params.find("query").unwrap_or_default().to_lowercase();
    let found: Vec<Value> = GROUPS
        .iter()
        .filter(|(name, _)| name.contains(&query))
        .map(|(name, id)| {
            let mut group = json!({"name": name, "html": name, "labels": []});
            if call.world.is_cloud() {
                group["groupId"] = Value::from(*id);
            }
            group
        })
        .collect();
    let header = format!("Showing {} of {} matching groups", found.len(), found.len());
    Answer::ok(json!({"header": header, "total": found.len(), "groups": found}))
}

/// `/group/member`, for administrators.
pub(super) fn group_members(call: &Call<'_>) -> Answer {
    if call.caller.is_none() {
        return auth::refuse();
    }
    if !call.can("ADMINISTER", None) {
        return Answer::error(403, "You must be an administrator to see the members of a group.");
    }
    let wanted = call
        .params
        .find("groupname")
        .or_else(|| call.params.find("groupId"))
        .unwrap_or_default();
    let Some((name, _)) = GROUPS.iter().find(|(name, id)| *name == wanted || *id == wanted) else {
        return Answer::error(404, &format!("The group named '{wanted}' does not exist."));
    };
    let found = call
        .world
        .accounts
        .iter()
        .filter(|account| belongs(account, name));
    let all = found.map(|account| show(call, account)).collect();
    Window::cut(all, &call.params, 50, 50).into_page_bean(&call.own_url(), &call.params)
}

/// The caller's own personal access tokens (Data Center): never the token itself.
pub(super) fn personal_tokens(call: &Call<'_>) -> Answer {
    let Some(account) = call.caller else {
        return auth::refuse();
    };
    let month = jiff::SignedDuration::from_hours(24 * 30);
    let at = |months: i32| {
        let moment = call.now.saturating_add(month * months).unwrap_or(call.now);
        generate::format_timestamp(moment)
    };
    let number = account
        .id
        .trim_start_matches(|letter: char| !letter.is_ascii_digit())
        .parse::<u32>()
        .unwrap_or(1);
    Answer::ok(json!([{
        "id": number, "name": "Traceline", "createdAt": at(-2), "lastAccessedAt": at(0), "expiringAt": at(10),
    }]))
}
