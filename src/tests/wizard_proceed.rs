//! Proceed, and the six steps against the sandbox Jira, Cloud and Data Center, by forms alone.

use traceline::{
    domain::{
        jira::Deployment,
        role::{AccountRole, ProjectRole},
    },
    server::{outbound::OutboundPolicy, sync::Worker},
};

use crate::{
    harness::{TestApp, TestSandbox},
    wizard::{Stage, connect},
};

on_both! {
    async fn proceed_names_what_is_missing_and_runs_once(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let back = stage.post(6, "proceed", &[]).await;
        let body = stage.open(&back).await;
        assert!(body.contains("No work item type is chosen for bugs."), "{body}");
        assert!(body.contains("Step 5: No work item type is chosen for requirements."), "{body}");
        assert!(body.contains(r#"value="go.5.requirement_types""#), "leads to the step and keeps what is typed");
        assert_eq!(stage.row().await.proceeded_version_id, None);
        stage.post(5, "next", &[("shown", "1"), ("type.1", "on")]).await;
        let target = stage.post(6, "proceed", &[("shown", "1"), ("type.2", "on")]).await;
        assert!(target.ends_with("/sync?done=proceeded"), "{target}");
        let row = stage.row().await;
        assert_eq!(row.status, "inactive", "until the run has ended");
        assert_eq!(row.running_version_id, None, "nothing was synced yet");
        let page = stage.open(&stage.page(6)).await;
        assert!(page.contains("Changes take effect with the next Proceed.") && !page.contains("Nothing is synced before"), "{page}");
        let version = row.proceeded_version_id.clone().unwrap();
        // Twice: the same run, the same version, and told so.
        assert!(stage.post(6, "proceed", &[]).await.ends_with("/sync?done=running"));
        let row = stage.row().await;
        assert_eq!(row.proceeded_version_id, Some(version));
        // The very same form again, at the revision it was opened with: no conflict, nothing written.
        let target = stage.post_at(6, row.draft_revision - 1, "proceed", &[]).await;
        assert!(target.ends_with("/sync?done=running"), "{target}");
        assert_eq!(stage.row().await, row);
        // What is mirrored stays the same Jira project.
        let back = stage.post(1, "next", &[("project", "10001")]).await;
        assert!(stage.open(&back).await.contains("This configuration mirrors BOOK."), "told");
        let list = stage.open(&format!("/projects/{}/integrations", stage.project)).await;
        assert!(list.contains("BOOK") && list.contains("Inactive") && list.contains("Sync runs of BOOK"), "{list}");
    }
}

/// Value of the first input whose tag holds `mark`.
fn values_after<'a>(page: &'a str, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    page.split(prefix)
        .skip(1)
        .filter_map(|rest| rest.split([']', '"']).next())
}

/// How many requirements get their date from the first, second and third field, and from none.
fn numbers_of_dates(page: &str, deployment: Deployment) -> Vec<i64> {
    let about = if deployment == Deployment::Cloud {
        "About "
    } else {
        ""
    };
    assert!(page.contains(&format!("<p class=\"f13\">{about}")), "{page}");
    let number = |before: &str, after: &str| {
        let found = page
            .split(before)
            .skip(1)
            .find_map(|rest| rest.split_once(after)?.0.parse().ok());
        found.unwrap_or_else(|| panic!("no {before}..{after}: {page}"))
    };
    let first = number("Supplies ", " dates<");
    let legend = |label: &str| number(&format!("<span>{label} <b>"), "<");
    assert_eq!(legend("Fix version date"), first);
    vec![
        first,
        legend("Sprint end date"),
        legend("Due date"),
        legend("No date"),
    ]
}

async fn walk(deployment: Deployment) {
    let sandbox = TestSandbox::start_at("2026-03-11").await;
    let ca = std::fs::read(sandbox.ca_pem_path()).unwrap();
    let app = TestApp::sqlite_with(|policy: &mut OutboundPolicy| {
        policy.allowed_networks = vec!["127.0.0.0/8".parse().unwrap()];
        policy.extra_ca_pem = Some(ca);
    })
    .await;
    let site = sandbox
        .sites()
        .iter()
        .find(|site| site.deployment == deployment)
        .unwrap()
        .clone();
    let person = app.person("Ana Lind", AccountRole::User).await;
    let project = app.project("Booking", &person).await;
    app.join(&project, &person, ProjectRole::ProjectAdmin).await;
    let connection = connect(&app, Some(&site)).await;
    let client = app.browser_of(&person).await;
    let fields = [("project", project.as_str()), ("connection", connection.as_str())];
    let created = client.post_form("/", "create_configuration", &fields).await;
    let configuration = created.location().split('/').nth(4).unwrap().to_owned();
    let stage = Stage {
        app,
        project,
        configuration,
        client,
    };
    // 1: search, choose, then the board.
    let (key, id) = sandbox.world().get(deployment).read(|world| {
        let found = world.find_project("PAY").unwrap();
        (found.key.clone(), found.id.clone())
    });
    let page = stage.open(&format!("{}?q=pay", stage.page(1))).await;
    assert!(page.contains(&format!(r#"value="{id}""#)), "{page}");
    let found = stage
        .client
        .call(
            "search_jira_projects",
            &[
                ("project", &stage.project),
                ("configuration", &stage.configuration),
                ("query", "pay"),
            ],
        )
        .await;
    assert_eq!(found.json()["hits"][0]["key"], key.as_str());
    let to = stage
        .post(1, "next", &[("project", &id), ("description", "Payments")])
        .await;
    assert!(to.contains("done=board"), "{to}");
    let page = stage.open(&to).await;
    assert!(
        page.contains("This step has one more question: the board."),
        "{page}"
    );
    assert!(page.contains("is chosen and saved."), "{page}");
    let board = sandbox.world().get(deployment).read(|world| {
        world
            .boards
            .iter()
            .find(|board| board.project_id.as_deref() == Some(id.as_str()) && board.kind == "scrum")
            .unwrap()
            .id
            .to_string()
    });
    assert!(page.contains(&format!(r#"value="{board}""#)), "{page}");
    let to = stage
        .post(1, "next", &[("project", &id), ("board", &board)])
        .await;
    assert!(to.ends_with("/step/2"), "{to}");
    assert!(stage.settings().await.board.is_some());
    // 2 and 3.
    stage.open(&to).await;
    let to = stage
        .post(
            2,
            "next",
            &[("shown", "1"), ("pull_requirements", "on"), ("bug_mapping", "on")],
        )
        .await;
    assert!(stage.open(&to).await.contains("From the board"));
    let states = [
        ("shown", "1"),
        ("releases", "on"),
        ("unreleased", "on"),
        ("released", "on"),
        ("sprints_shown", "1"),
        ("sprints", "on"),
        ("active", "on"),
    ];
    let to = stage.post(3, "next", &states).await;
    // 4: numbers and suggestions.
    let page = stage.open(&to).await;
    let expected = if deployment == Deployment::Cloud {
        "Items, about"
    } else {
        r#"class="cnt">Items<"#
    };
    assert!(page.contains(expected), "{page}");
    assert!(page.contains("Suggested: "), "{page}");
    stage.post(4, "accept_suggestions", &[]).await;
    assert!(!stage.settings().await.priorities.by_id.is_empty());
    let to = stage.post(4, "next", &[]).await;
    // 5: all types but bugs.
    let page = stage.open(&to).await;
    let (bug, others): (Vec<String>, Vec<String>) = sandbox.world().get(deployment).read(|world| {
        let types = &world.find_project("PAY").unwrap().issue_types;
        let (bugs, others): (Vec<_>, Vec<_>) = types.iter().partition(|kind| kind["name"] == "Bug");
        let ids = |all: Vec<&serde_json::Value>| {
            all.into_iter()
                .map(|kind| kind["id"].as_str().unwrap().to_owned())
                .collect()
        };
        (ids(bugs), ids(others))
    });
    let shown: Vec<&str> = values_after(&page, "answers[type.").collect();
    assert_eq!(shown.len(), others.len() + bug.len(), "{page}");
    let names: Vec<String> = others.iter().map(|id| format!("type.{id}")).collect();
    let mut answers = vec![
        ("shown", "1"),
        ("source1", "fix_version_date"),
        ("source2", "sprint_end_date"),
        ("source3", "due_date"),
    ];
    answers.extend(names.iter().map(|name| (name.as_str(), "on")));
    stage.post(5, "accept_suggestions", &answers).await;
    let page = stage.open(&stage.page(5)).await;
    assert!(page.contains("How real work items come out"), "{page}");
    assert!(!stage.settings().await.requirement.statuses.by_id.is_empty());
    let promised = numbers_of_dates(&page, deployment);
    let to = stage.post(5, "next", &[]).await;
    // 6: a severity field, then its values.
    let page = stage.open(&to).await;
    let field = page
        .split("value=\"customfield_")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .map(|id| format!("customfield_{id}"));
    let field = field.unwrap_or_else(|| panic!("no severity field: {page}"));
    let name = format!("type.{}", bug[0]);
    stage
        .post(
            6,
            "save",
            &[
                ("shown", "1"),
                (&name, "on"),
                ("severity_field", &field),
                ("status_source", "resolution"),
            ],
        )
        .await;
    let page = stage.open(&stage.page(6)).await;
    assert!(page.contains("Empty (unresolved)"), "{page}");
    stage.post(6, "accept_suggestions", &[]).await;
    let to = stage.post(6, "proceed", &[]).await;
    assert!(
        to.ends_with("/sync?done=proceeded"),
        "{to}: {}",
        stage.open(&to).await
    );
    // The numbers beside the date fields are those that the sync comes to.
    let worker = Worker::new(stage.app.state.clone());
    assert!(worker.run_next().await.unwrap());
    let mut synced = Vec::new();
    for source in ["fix_version_date", "sprint_end_date", "due_date", ""] {
        let dated = "SELECT COUNT(*) FROM issue WHERE kind = 'requirement' AND gone_at IS NULL AND COALESCE(release_date_source, '') = $1";
        synced.push(stage.app.number(dated, &[source]).await);
    }
    assert_eq!(promised, synced);
    assert!(
        synced.iter().all(|n| *n > 0),
        "each source has its share: {synced:?}"
    );
    // The project disappears between two steps: told, the draft stays, step 1 is the way on.
    sandbox
        .world()
        .get(deployment)
        .edit(|world| world.projects.retain(|known| known.id != id));
    let revision = stage.row().await.draft_revision;
    stage.app.state.clock().advance(11 * 60 * 1000);
    let page = stage.open(&stage.page(4)).await;
    assert!(
        page.contains(&format!("Jira does not show {key} to this connection.")),
        "{page}"
    );
    assert!(page.contains("Go to step 1"), "{page}");
    assert_eq!(stage.row().await.draft_revision, revision);
    let back = stage.post(6, "proceed", &[]).await;
    assert!(
        stage
            .open(&back)
            .await
            .contains(&format!("Jira does not show {key} to this connection."))
    );
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_steps_on_cloud() {
    walk(Deployment::Cloud).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_steps_on_data_center() {
    walk(Deployment::DataCenter).await;
}
