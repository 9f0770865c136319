//! Filters and dashboards: every board has the filter it shows, and there is one dashboard.

use serde_json::{Value, json};

use super::{
    super::{
        answer::{Answer, Window},
        generate,
        world::Board,
    },
    Call, agile,
};

/// The filter behind a board has this much more than the board's id.
pub(super) const FILTER_OFFSET: i64 = 10_000;

fn list_boards<'a>(call: &'a Call<'_>) -> Vec<&'a Board> {
    let boards = call.world.boards.iter();
    boards.filter(|board| agile::sees(call, board)).collect()
}

/// A board's filter is shared with its project, or nobody else could look at the board.
fn show_shares(call: &Call<'_>, board: &Board, api: u8) -> Value {
    let id = board.project_id.as_ref();
    let Some(project) = id.and_then(|id| call.world.find_project(id)) else {
        return json!([]);
    };
    let mut shown = json!({
        "self": format!("{}/rest/api/{api}/project/{}", call.world.base_url, project.id), "id": project.id,
        "key": project.key, "name": project.name,
    });
    for name in ["avatarUrls", "simplified", "style"] {
        if let Some(value) = project.body.get(name) {
            shown[name] = value.clone();
        }
    }
    json!([{"id": FILTER_OFFSET + board.id, "type": "project", "project": shown}])
}

fn show_filter(call: &Call<'_>, board: &Board) -> Value {
    let (base, id) = (&call.world.base_url, FILTER_OFFSET + board.id);
    let api = if call.world.is_cloud() { call.api } else { 2 };
    let project = board
        .project_id
        .as_ref()
        .and_then(|id| call.world.find_project(id));
    let jql = project.map_or_else(
        || "created is not EMPTY ORDER BY Rank ASC".to_owned(),
        |project| format!("project = {} ORDER BY Rank ASC", project.key),
    );
    let search = if call.world.is_cloud() {
        "search/jql"
    } else {
        "search"
    };
    let encoded: String = url::form_urlencoded::byte_serialize(jql.as_bytes()).collect();
    let mut filter = json!({
        "self": format!("{base}/rest/api/{api}/filter/{id}"), "id": id.to_string(),
        "name": format!("Filter for {}", board.name), "description": "", "jql": jql,
        "viewUrl": format!("{base}/issues/?filter={id}"),
        "searchUrl": format!("{base}/rest/api/{api}/{search}?jql={encoded}"), "favourite": board.id % 2 == 0,
        "sharePermissions": show_shares(call, board, api),
        "subscriptions": {"size": 0, "items": [], "max-results": 0, "start-index": 0, "end-index": 0},
    });
    if let Some(owner) = call.world.accounts.first() {
        filter["owner"] = generate::show_user(call.world, owner);
    }
    if call.world.is_cloud() {
        filter["favouritedCount"] = json!(0);
        filter["editPermissions"] = json!([]);
        filter["sharedUsers"] = filter["subscriptions"].clone();
    } else {
        filter["editable"] = Value::Bool(call.can("ADMINISTER", None));
    }
    filter
}

pub(super) fn filter(call: &Call<'_>, id: &str) -> Answer {
    let found = list_boards(call)
        .into_iter()
        .find(|board| (FILTER_OFFSET + board.id).to_string() == id);
    match found {
        Some(board) => Answer::ok(show_filter(call, board)),
        None => Answer::error(
            400,
            "The selected filter is not available to you, perhaps it has been deleted or had its permissions changed.",
        ),
    }
}

/// Own or favourite filters, as one array.
pub(super) fn filters(call: &Call<'_>, favourites: bool) -> Answer {
    let mut found: Vec<Value> = list_boards(call)
        .into_iter()
        .map(|board| show_filter(call, board))
        .collect();
    found.retain(|filter| {
        if favourites {
            filter["favourite"] == true
        } else {
            call.caller.is_some_and(|caller| {
                filter["owner"]["accountId"] == caller.id.as_str()
                    || filter["owner"]["key"] == caller.id.as_str()
            })
        }
    });
    Answer::ok(Value::Array(found))
}

/// Filters page by page (Cloud): names and links only, unless more is asked for.
pub(super) fn filter_search(call: &Call<'_>) -> Answer {
    let name = call.params.find("filterName").unwrap_or_default().to_lowercase();
    let expand = call.params.find_list("expand").unwrap_or_default();
    let all = list_boards(call)
        .into_iter()
        .map(|board| show_filter(call, board))
        .filter(|filter| {
            filter["name"]
                .as_str()
                .is_some_and(|own| own.to_lowercase().contains(&name))
        })
        .map(|mut filter| {
            if let Some(fields) = filter.as_object_mut() {
                fields.retain(|name, _| {
                    ["self", "id", "name"].contains(&name.as_str()) || expand.contains(name)
                });
                fields.insert("expand".to_owned(), Value::from(EXPAND));
                if fields.contains_key("subscriptions") {
                    fields.insert("subscriptions".to_owned(), json!([]));
                }
            }
            filter
        })
        .collect();
    Window::cut(all, &call.params, 50, 100).into_page_bean(&call.own_url(), &call.params)
}

const EXPAND: &str = "description,owner,jql,viewUrl,searchUrl,favourite,favouritedCount,sharePermissions,editPermissions,subscriptions";

fn show_dashboard(call: &Call<'_>) -> Value {
    let base = &call.world.base_url;
    let api = if call.world.is_cloud() { call.api } else { 2 };
    let mut dashboard = json!({
        "id": "10000", "name": "System Dashboard", "self": format!("{base}/rest/api/{api}/dashboard/10000"),
        "view": format!("{base}/secure/Dashboard.jspa?selectPageId=10000"),
    });
    if call.world.is_cloud() {
        dashboard["isFavourite"] = Value::Bool(false);
        dashboard["popularity"] = json!(1);
        dashboard["sharePermissions"] = json!([{"type": "global"}]);
        dashboard["editPermissions"] = json!([]);
        dashboard["systemDashboard"] = Value::Bool(true);
    }
    dashboard
}

pub(super) fn dashboards(call: &Call<'_>) -> Answer {
    let window = Window::cut(vec![show_dashboard(call)], &call.params, 20, 1000);
    Answer::ok(json!({
        "startAt": window.start, "maxResults": window.max, "total": window.total, "dashboards": window.items,
    }))
}

pub(super) fn dashboard_search(call: &Call<'_>) -> Answer {
    Window::cut(vec![show_dashboard(call)], &call.params, 50, 100)
        .into_page_bean(&call.own_url(), &call.params)
}

pub(super) fn dashboard(call: &Call<'_>, id: &str) -> Answer {
    if id == "10000" {
        Answer::ok(show_dashboard(call))
    } else {
        Answer::error(404, &format!("The dashboard with id '{id}' does not exist."))
    }
}
